import { Failure } from "../../core/failures.ts";
import type { Table } from "../../core/tables/table.ts";
import { textAt } from "./label-codes.ts";
import type { RowScores } from "./score-source.ts";

const shownRows = 3;

/**
 * Refuses scores that are not finite numbers on rows that are judged.
 * @throws Failure DATA naming the model, how many rows, and the first of them
 */
export function checkScores(
  name: string,
  { values, width }: RowScores,
  known: Uint8Array | null,
  table: Table,
  id: readonly string[],
): void {
  if (allFinite(values)) return;
  let bad = 0;
  let missing = 0;
  const examples: number[] = [];
  for (let row = 0, at = 0; row < table.rows; row++, at += width) {
    if (known?.[row] === 0) continue;
    let value = 0;
    for (let j = 0; j < width; j++) if (!Number.isFinite(values[at + j]!)) value = values[at + j]!;
    if (value === 0) continue;
    bad++;
    if (Number.isNaN(value)) missing++;
    if (examples.length < shownRows) examples.push(row);
  }
  if (bad === 0) return;
  const what = missing === bad ? "NaN or missing" : missing === 0 ? "infinite" : "NaN, missing or infinite";
  const shown = examples.map((row) => rowName(table, row, id)).join("; ");
  throw new Failure("DATA", {
    message: `the scores of "${name}" are ${what} on ${bad.toLocaleString("en-US")} of ${table.rows.toLocaleString("en-US")} rows; first: ${shown}`,
    mend: [
      "score those rows, or leave them out of the data for both models",
      missing === 0
        ? "a score is a finite number: write the largest one that has a meaning in its place"
        : "an ONNX model that meets a missing value: say what stands for it, missing: { COLUMN: VALUE }",
    ],
  });
}

/** The usual answer, in a loop that does nothing else. */
function allFinite(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i]!)) return false;
  return true;
}

function rowName(table: Table, row: number, id: readonly string[]): string {
  const parts = id.flatMap((name) => {
    const column = table.columns.get(name);
    return column === undefined ? [] : [`${name} ${textAt(column, row)}`];
  });
  const number = `row ${table.firstRow + row + 1}`;
  return parts.length === 0 ? number : `${number} (${parts.join(", ")})`;
}
