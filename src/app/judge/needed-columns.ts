import { sliceColumns } from "../../core/slices/plan-slices.ts";
import type { SlicePlanInput } from "../../core/slices/slice-plan-input.ts";
import type { Policy } from "../../schemas/policy/policy.ts";
import type { ColumnRequest, ReadRequest } from "../ports/table-reader.ts";

/** What must be read of the test data, each column once; a column asked for as text stays text for all. */
export function readRequest(
  policy: Policy,
  slicing: Pick<SlicePlanInput, "entries" | "columns" | "candidates">,
  scoringColumns: readonly ColumnRequest[],
): Pick<ReadRequest, "columns" | "unit" | "group"> {
  const wanted = new Map<string, ColumnRequest["as"]>();
  const add = (name: string, as: ColumnRequest["as"]): void => {
    const known = wanted.get(name);
    if (known === undefined || known === "auto") wanted.set(name, as);
    else if (as === "category" || (as === "time" && known !== "category")) wanted.set(name, as);
    else if (as === "number" && known === "float32") wanted.set(name, "number");
  };
  for (const { name, as } of scoringColumns) add(name, as);
  for (const { name, as } of sliceColumns(slicing.entries, slicing.columns, slicing.candidates ?? [])) add(name, as);
  const { columns } = policy;
  if (columns.item !== null) add(columns.item, "category");
  if (columns.time !== null) add(columns.time, "time");
  const request = { columns: Array.from(wanted, ([name, as]) => ({ name, as })) };
  const unit = columns.unit.columns.length > 0 ? { unit: columns.unit.columns } : {};
  const group = columns.group.length > 0 ? { group: columns.group } : {};
  return { ...request, ...unit, ...group };
}
