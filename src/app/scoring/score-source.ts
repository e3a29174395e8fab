import type { ColumnRequest, TableBlock } from "../ports/table-reader.ts";

/** Scores of all rows of a table, row-major. */
export interface RowScores {
  readonly width: number;
  /** Empty where the model names classes only. */
  readonly values: Float64Array;
  /** Multiclass: the class code per row, from a model that names a class and no probabilities. */
  readonly predicted?: Int32Array;
}

/** One model or baseline, ready to answer tables. */
export interface ScoreSource {
  readonly name: string;
  /** The columns that it reads of the table. */
  readonly needs: readonly ColumnRequest[];
  /** SHA-256 of the artifact, or of the entry's canonical text. */
  readonly fingerprint: string;
  /** Multiclass: the classes that its answer is about; undefined where it follows the label's. */
  readonly classes?: readonly string[];
  /** @param classes multiclass: all class names in code order; the answer follows it */
  score(
    table: TableBlock,
    classes: readonly string[],
    onProgress?: (rowsDone: number, rowsTotal: number) => void,
  ): Promise<RowScores>;
  close(): Promise<void>;
}

/** Text of a value with its keys in order, so that equal entries have equal text. */
export function canonicalText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalText(inner)}`).join(",")}}`;
  }
  return JSON.stringify(value);
}

/**
 * Probabilities in the order of the model's classes, brought into the order of all classes; a class that the model
 * does not know gets 0.
 */
export function inClassOrder(scores: RowScores, own: readonly string[], classes: readonly string[]): RowScores {
  const from = classes.map((name) => own.indexOf(name));
  if (from.length === own.length && from.every((at, i) => at === i)) return scores;
  const rows = scores.values.length / scores.width;
  const values = new Float64Array(rows * classes.length);
  for (let row = 0; row < rows; row++) {
    for (let code = 0; code < classes.length; code++) {
      const at = from[code]!;
      values[row * classes.length + code] = at < 0 ? 0 : scores.values[row * scores.width + at]!;
    }
  }
  return { width: classes.length, values };
}
