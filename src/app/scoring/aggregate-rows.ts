import { Failure } from "../../core/failures.ts";
import type { Aggregate } from "../../schemas/policy/policy.ts";
import type { TableBlock } from "../ports/table-reader.ts";
import { rowKeys } from "./row-keys.ts";
import type { Scored, ScoredModel } from "./scored.ts";
import { selectRows } from "./select-rows.ts";

type Aggregation = Aggregate["score"];

/**
 * Joins the rows that agree on the columns `by`: one row for each combination, in order of first appearance, with
 * scores and label joined as the policy says and every other column (and unit) of the first of its rows.
 * @throws Failure DATA where rows that are joined belong to different units
 */
export function aggregateRows(scored: Scored, aggregate: Aggregate): Scored {
  const { table } = scored;
  const { codes, first } = combinations(table, aggregate.by);
  refuseMixedUnits(table, codes, first, aggregate.by);
  // Grades that are no hits (below 0) cannot be joined with hits by size or sum: they join as misses.
  const labels = scored.task === "ranking" ? scored.label.map((gain) => Math.max(0, gain)) : scored.label;
  const label = joinValues(labels, 1, codes, first.length, aggregate.label);
  return {
    ...scored,
    table: { ...selectRows(table, first), firstRow: 0 },
    label: labelOfType(label, scored.label),
    models: scored.models.map((model) => joinModel(model, codes, first, aggregate.score)),
  };
}

function combinations(table: TableBlock, by: readonly string[]): { codes: Uint32Array; first: Uint32Array } {
  const keyOf = rowKeys(table, by);
  const known = new Map<string, number>();
  const codes = new Uint32Array(table.rows);
  const first: number[] = [];
  for (let row = 0; row < codes.length; row++) {
    const key = keyOf(row);
    let code = known.get(key);
    if (code === undefined) {
      code = known.size;
      known.set(key, code);
      first.push(row);
    }
    codes[row] = code;
  }
  return { codes, first: Uint32Array.from(first) };
}

function refuseMixedUnits(table: TableBlock, codes: Uint32Array, first: Uint32Array, by: readonly string[]): void {
  if (table.units === undefined) return;
  for (let row = 0; row < codes.length; row++) {
    if (table.units[row] === table.units[first[codes[row]!]!]) continue;
    throw new Failure("DATA", {
      message: `rows that aggregate joins by ${by.join(", ")} belong to different units (row ${table.firstRow + row + 1} is the first)`,
      mend: ["set columns.unit to a column that is the same on all rows that are joined, or add it to aggregate.by"],
    });
  }
}

function joinModel(model: ScoredModel, codes: Uint32Array, first: Uint32Array, how: Aggregation): ScoredModel {
  if (model.predicted !== undefined) {
    throw new Failure("NOT_SUPPORTED", {
      message: `the model "${model.name}" names classes, and aggregate joins numbers`,
      mend: ["give its probabilities as columns: { A: p_a, B: p_b }"],
    });
  }
  return { ...model, scores: joinValues(model.scores, model.width, codes, first.length, how) };
}

/** Joins values (row-major) of rows with the same code. */
export function joinValues(
  values: ArrayLike<number>,
  width: number,
  codes: Uint32Array,
  count: number,
  how: Aggregation,
): Float64Array {
  const out = new Float64Array(count * width);
  const rows = new Float64Array(count);
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row]!;
    const isFirst = rows[code] === 0;
    rows[code]!++;
    for (let j = 0; j < width; j++) {
      const at = code * width + j;
      const value = values[row * width + j]!;
      if (isFirst || how === "last") out[at] = value;
      else if (how === "max") out[at] = Math.max(out[at]!, value);
      else if (how === "min") out[at] = Math.min(out[at]!, value);
      else if (how !== "first") out[at]! += value;
    }
  }
  if (how === "mean") for (let at = 0; at < out.length; at++) out[at]! /= rows[Math.floor(at / width)]!;
  return out;
}

/** Labels keep their type: a joined binary label is a hit where anything of it is left. */
function labelOfType(values: Float64Array, like: Scored["label"]): Scored["label"] {
  if (like instanceof Uint8Array) return Uint8Array.from(values, (value) => (value > 0 ? 1 : 0));
  return like instanceof Int32Array ? Int32Array.from(values) : values;
}
