import type { Answer, Rows } from "../ports/serving-runtime.ts";

/** What a served model's answers are; null: not said. */
export type ServedTask = "binary" | "multiclass" | "regression" | "ranking" | null;

/** Rows whose score is not a finite number; a text is no answer where the task is one of numbers. */
export function badRows(answer: Answer, count: number, task: ServedTask): number[] {
  const bad: number[] = [];
  for (let row = 0; row < count; row++) if (isBad(answer, row, task)) bad.push(row);
  return bad;
}

/** True where every row is bad: such an answer says no more of the version than an error. False of no rows. */
export function isUseless(answer: Answer, task: ServedTask): boolean {
  const count = answer.texts?.length ?? answer.scores.length / answer.width;
  for (let row = 0; row < count; row++) if (!isBad(answer, row, task)) return false;
  return count > 0;
}

/**
 * Where a row lacks a value (null, NaN) or holds an infinite one: no number out of it may be the client's fault, not the
 * model's. Null where none does.
 * @param columns what the model reads; empty: anything
 */
export function missingValue({ records, tensors }: Partial<Rows>, columns: readonly string[] = []): string | null {
  for (const [row, record] of (records ?? []).entries()) {
    const names = columns.length === 0 ? Object.keys(record) : columns;
    const name = names.find((column) => isMissing(record[column]));
    if (name !== undefined) return `record ${row + 1} has no value for "${name}"`;
  }
  const tensor = tensors?.find(({ data }) => Array.prototype.some.call(data, isMissing));
  return tensor === undefined ? null : `the input "${tensor.name}" holds NaN or an infinite number`;
}

function isMissing(value: unknown): boolean {
  return value === null || (typeof value === "number" && !Number.isFinite(value));
}

function isBad({ scores, texts, width }: Answer, row: number, task: ServedTask): boolean {
  if (texts !== undefined) return task === "regression" || task === "ranking";
  for (let i = row * width; i < (row + 1) * width; i++) if (!Number.isFinite(scores[i])) return true;
  return false;
}
