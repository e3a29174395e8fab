import type { Column } from "../../core/tables/table.ts";
import { textAt } from "../scoring/label-codes.ts";

/**
 * The probabilities that the log keeps of each answer, by the classes of the test data: row-major, NaN in rows that have none
 * (an answer given while the model was away). Null where no row has any. What a model says of classes that the test data do
 * not know is left out.
 */
export function loggedProbabilities(
  column: Column | undefined,
  rows: number,
  classes: readonly string[],
): Float64Array | null {
  if (column?.kind !== "category") return null;
  const width = classes.length;
  const out = new Float64Array(rows * width).fill(Number.NaN);
  let found = 0;
  for (let i = 0; i < rows; i++) {
    if (column.nulls?.[i] === 1) continue;
    const said = readShares(textAt(column, i));
    if (said === null) continue;
    found++;
    classes.forEach((name, c) => (out[i * width + c] = said.get(name) ?? 0));
  }
  return found === 0 ? null : out;
}

/** A record of numbers by class; null for anything else. */
function readShares(text: string): Map<string, number> | null {
  try {
    const said: unknown = JSON.parse(text);
    if (typeof said !== "object" || said === null) return null;
    const shares = Object.entries(said).filter((each): each is [string, number] => typeof each[1] === "number");
    return shares.length === 0 ? null : new Map(shares);
  } catch {
    return null;
  }
}
