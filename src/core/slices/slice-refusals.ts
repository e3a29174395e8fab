import { Failure } from "../failures.ts";
import type { ColumnSchema } from "../tables/table.ts";
import type { Slice } from "./slice.ts";
import type { SliceEntry } from "./slice-entry.ts";

/** @param count how many slices the entry makes; null where it was too many to count */
export function tooManySlices(
  entry: SliceEntry,
  names: readonly string[],
  count: number | null,
  columns: ReadonlyMap<string, ColumnSchema>,
  where: string | undefined,
): Failure {
  const makes = count === null ? `more than ${entry.limit.toLocaleString("en-US")}` : count.toLocaleString("en-US");
  const numeric = names.filter((name) => columns.get(name)?.kind === "number");
  const times = names.filter((name) => columns.get(name)?.kind === "time");
  const bands = entry.form.kind === "each" ? "each: NAME, quantiles: 4" : "{ column: NAME, quantiles: 4 }";
  const mend = [
    ...numeric.map((name) => `cut ${name} into bands: ${bands.replace("NAME", name)}, or edges: [18, 30, 50]`),
    ...times.map((name) => `cut ${name} into periods: { column: ${name}, period: month }`),
    ...(numeric.length + times.length === 0 ? [`list the values that matter: where: { ${names[0]}: [a, b] }`] : []),
    ...(count === null ? [] : [`or allow them: limit: ${count}`]),
  ];
  return new Failure("POLICY", {
    ...(where === undefined ? {} : { where }),
    message: `slices.${entry.name}: ${names.join(" by ")} makes ${makes} slices; the limit is ${entry.limit.toLocaleString("en-US")}`,
    mend,
  });
}

/** @throws Failure POLICY where two slices have one name, since a name must say which is meant */
export function refuseSameNames(
  slices: readonly Slice[],
  where: ((entry: string) => string | undefined) | undefined,
): void {
  const owner = new Map<string, string>();
  for (const slice of slices) {
    const other = owner.get(slice.name);
    if (other !== undefined) {
      const place = where?.(slice.entry);
      throw new Failure("POLICY", {
        ...(place === undefined ? {} : { where: place }),
        message: `slices.${slice.entry} makes a slice called "${slice.name}", which slices.${other} makes too`,
        mend: [`drop one of the two, or give the values of one by where: under a name of its own`],
      });
    }
    owner.set(slice.name, slice.entry);
  }
}
