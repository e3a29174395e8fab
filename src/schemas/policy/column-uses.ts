import type { Task } from "../../core/metrics/metric.ts";
import type { ColumnSchema } from "../../core/tables/table.ts";
import type { Path } from "../yaml-source.ts";
import type { Baseline, ModelSource, Policy } from "./policy.ts";

/** A place where a policy names a column, outside of conditions. */
export interface ColumnUse {
  readonly column: string;
  readonly path: Path;
  /** What the column may hold; absent where anything that has one value a row will do. */
  readonly kinds?: readonly ColumnSchema["kind"][];
}

const NUMBERS: readonly ColumnSchema["kind"][] = ["number", "boolean"];
const ONE_VALUE: readonly ColumnSchema["kind"][] = ["number", "boolean", "category", "time"];

/** Every column that a policy names outside of conditions, in the order of its sections. */
export function columnUses(policy: Policy): ColumnUse[] {
  const { columns, models, task } = policy;
  const part = (key: string, names: readonly string[], kinds = ONE_VALUE): ColumnUse[] =>
    names.map((column) => ({ column, path: ["columns", key], kinds }));
  const one = (name: string | null): string[] => (name === null ? [] : [name]);
  return [
    ...part("id", columns.id),
    ...part("group", columns.unit.source === "group" ? columns.unit.columns : columns.group),
    ...part("item", one(columns.item)),
    ...part("unit", columns.unit.source === "policy" ? columns.unit.columns : []),
    ...part("time", one(columns.time)),
    ...part("label", [columns.label], labelKinds(task, policy.positive !== null)),
    ...Object.keys(columns.available).map((column) => ({ column, path: ["columns", "available"] })),
    ...(models.champion === null ? [] : modelUses(models.champion, ["models", "champion"], task)),
    ...modelUses(models.challenger, ["models", "challenger"], task),
    ...policy.baselines.flatMap(({ name, baseline }) => baselineUses(baseline, ["baselines", name])),
    ...policy.slices.flatMap(sliceUses),
    ...(policy.aggregate?.by ?? []).map((column) => ({ column, path: ["aggregate", "by"], kinds: ONE_VALUE })),
  ];
}

/** A class may be a text; a number to be hit may not. */
function labelKinds(task: Task, hasPositive: boolean): readonly ColumnSchema["kind"][] {
  if (task === "regression") return NUMBERS;
  return task === "multiclass" || hasPositive || task === "binary" ? ["number", "boolean", "category"] : NUMBERS;
}

function modelUses(model: ModelSource, path: Path, task: Task): ColumnUse[] {
  switch (model.kind) {
    case "column":
      return [{ column: model.column, path: [...path, "column"], kinds: task === "multiclass" ? ONE_VALUE : NUMBERS }];
    case "columns":
      return Object.entries(model.columns).map(([name, column]) => ({
        column,
        path: [...path, "columns", name],
        kinds: NUMBERS,
      }));
    case "onnx":
      return [
        ...(model.features ?? []).map((column) => ({ column, path: [...path, "features"], kinds: ONE_VALUE })),
        ...Object.keys(model.encode ?? {}).map((column) => ({ column, path: [...path, "encode"] })),
        ...(typeof model.missing === "object" ? Object.keys(model.missing) : []).map((column) => ({
          column,
          path: [...path, "missing"],
        })),
      ];
    case "url":
      return (model.features ?? []).map((column) => ({ column, path: [...path, "features"], kinds: ONE_VALUE }));
    default:
      return [];
  }
}

function baselineUses(baseline: Baseline, path: Path): ColumnUse[] {
  switch (baseline.kind) {
    case "column":
      return [{ column: baseline.column, path: [...path, "column"] }];
    case "threshold":
      return [{ column: baseline.column, path: [...path, "threshold"], kinds: NUMBERS }];
    case "linear":
    case "logistic":
      return (baseline.features ?? []).map((column) => ({ column, path: [...path, baseline.kind], kinds: NUMBERS }));
    case "mean":
    case "median":
    case "last":
    case "seasonal_last":
      return baseline.by.map((column) => ({ column, path, kinds: ONE_VALUE }));
    default:
      return [];
  }
}

function sliceUses(entry: Policy["slices"][number]): ColumnUse[] {
  const path = ["slices", entry.name];
  const { form } = entry;
  if (form.kind === "each") return [{ column: form.by.column, path: [...path, "each"] }];
  if (form.kind === "cross") return form.by.map((part) => ({ column: part.column, path: [...path, "cross"] }));
  return [];
}
