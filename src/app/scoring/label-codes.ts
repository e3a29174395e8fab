import { bigMemory } from "../../core/tables/big-memory.ts";
import { Failure } from "../../core/failures.ts";
import type { Task } from "../../core/metrics/metric.ts";
import type { Condition } from "../../core/slices/condition.ts";
import { conditionMask } from "../../core/slices/condition-mask.ts";
import type { Column, Table } from "../../core/tables/table.ts";

/** Labels of a table: 0/1, class codes, values or gains; `known` is 0 where the label is null. */
export interface Labels {
  readonly values: Uint8Array | Int32Array | Float64Array;
  /** Null where every row has a label. */
  readonly known: Uint8Array | null;
  readonly unknown: number;
}

export interface LabelMeaning {
  readonly task: Task;
  readonly column: string;
  /** On the label column: what counts as a hit. Null: the label's own 1, true or yes. */
  readonly positive: Condition | null;
  /** Multiclass: class names in code order. */
  readonly classes: readonly string[];
}

/**
 * What the label column means for the task.
 * Binary: 1 where `positive` holds, else by the label itself, which then is 0/1, false/true or no/yes. Ranking: the
 * gain is the label's number (or 1 for text); where `positive` does not hold it is kept with a minus, because it is no hit
 * but still a grade (`ndcg`). Rows without a label are told apart.
 * @throws Failure DATA naming the first value that is neither
 */
export function readLabels(table: Table, meaning: LabelMeaning): Labels {
  const column = table.columns.get(meaning.column);
  if (column === undefined) {
    throw new Failure("COLUMN_MISSING", { message: `the label column "${meaning.column}" was not read` });
  }
  const { known, unknown } = knownRows(column, table.rows);
  return { values: valuesOf(table, column, meaning, known), known, unknown };
}

function knownRows(column: Column, rows: number): { known: Uint8Array | null; unknown: number } {
  const { nulls } = column;
  const numbers =
    column.kind === "number" && (column.values instanceof Float64Array || column.values instanceof Float32Array)
      ? column.values
      : null;
  // Whole numbers, texts and times without a null have all their values: nothing is to be looked for.
  if (nulls === undefined && numbers === null) return { known: null, unknown: 0 };
  const known = new Uint8Array(rows).fill(1);
  let unknown = 0;
  for (let i = 0; i < rows; i++) {
    if (nulls?.[i] !== 1 && (numbers === null || !Number.isNaN(numbers[i]!))) continue;
    known[i] = 0;
    unknown++;
  }
  return { known: unknown === 0 ? null : known, unknown };
}

function valuesOf(table: Table, column: Column, meaning: LabelMeaning, known: Uint8Array | null): Labels["values"] {
  switch (meaning.task) {
    case "binary":
      return meaning.positive === null ? binaryLabels(table, column, known) : conditionMask(meaning.positive, table);
    case "multiclass":
      return classCodes(column, table.rows, meaning.classes);
    case "regression":
      return plainNumbers(table, column, known);
    case "ranking":
      return gains(table, column, meaning, known);
  }
}

const falseTexts = new Set(["0", "0.0", "false", "no", "n", "f"]);
const trueTexts = new Set(["1", "1.0", "true", "yes", "y", "t"]);

function binaryLabels(table: Table, column: Column, known: Uint8Array | null): Uint8Array {
  const labels = new Uint8Array(table.rows);
  if (column.kind === "category") {
    const texts = column.dictionary.texts.map((text) => {
      const lower = text.trim().toLowerCase();
      return trueTexts.has(lower) ? 1 : falseTexts.has(lower) ? 0 : -1;
    });
    for (let i = 0; i < labels.length; i++) {
      if (known?.[i] === 0) continue;
      const code = texts[column.codes[i]!] ?? -1;
      if (code < 0) throw notBinary(table, column, i);
      labels[i] = code;
    }
    return labels;
  }
  for (let i = 0; i < labels.length; i++) {
    if (known?.[i] === 0) continue;
    const value = column.values[i]!;
    if (value !== 0 && value !== 1) throw notBinary(table, column, i);
    labels[i] = value;
  }
  return labels;
}

function notBinary(table: Table, column: Column, row: number): Failure {
  const text = textAt(column, row);
  const shown = column.kind === "category" ? text : Number(text);
  return new Failure("DATA", {
    message: `the label "${column.name}" holds ${JSON.stringify(shown)} (row ${table.firstRow + row + 1}), and a binary label is 0 or 1`,
    mend: [
      `say what counts as a hit: positive: ${column.kind === "category" ? JSON.stringify(text) : bandOf(Number(text))}`,
      "or another task: multiclass, regression",
    ],
  });
}

/** The band that parts 1 and 2, or -1 and 1, as labels are written elsewhere. */
function bandOf(value: number): string {
  return value < 0 ? "{ above: 0 }" : `{ from: ${value} }`;
}

function classCodes(column: Column, rows: number, classes: readonly string[]): Int32Array {
  const codeOf = new Map(classes.map((name, code) => [name, code]));
  const codes = new Int32Array(rows);
  if (column.kind === "category") {
    const map = column.dictionary.texts.map((text) => codeOf.get(text) ?? -1);
    for (let i = 0; i < rows; i++) codes[i] = map[column.codes[i]!] ?? -1;
    return codes;
  }
  for (let i = 0; i < rows; i++) codes[i] = codeOf.get(textAt(column, i)) ?? -1;
  return codes;
}

/** The number of each row's value; text that spells numbers counts. NaN for a null. Not to be written to: it may be the column's own. */
export function plainNumbers(table: Table, column: Column, known: Uint8Array | null): Float64Array {
  if (column.kind !== "category") {
    if (column.values instanceof Float64Array && known === null) return column.values;
    const values = new Float64Array(bigMemory(column.values.length * 8));
    values.set(column.values);
    if (known !== null) for (let i = 0; i < values.length; i++) if (known[i] === 0) values[i] = Number.NaN;
    return values;
  }
  const numbers = column.dictionary.texts.map((text) => (text.trim() === "" ? Number.NaN : Number(text)));
  const values = new Float64Array(table.rows);
  for (let i = 0; i < values.length; i++) {
    if (known?.[i] === 0) {
      values[i] = Number.NaN;
      continue;
    }
    const value = numbers[column.codes[i]!] ?? Number.NaN;
    if (Number.isNaN(value)) {
      throw new Failure("COLUMN_TYPE", {
        message: `"${column.name}" is used as a number and holds ${JSON.stringify(textAt(column, i))} (row ${table.firstRow + i + 1})`,
      });
    }
    values[i] = value;
  }
  return values;
}

function gains(table: Table, column: Column, meaning: LabelMeaning, known: Uint8Array | null): Float64Array {
  const hits = meaning.positive === null ? null : conditionMask(meaning.positive, table);
  const isText = column.kind === "category";
  const values = isText && hits !== null ? new Float64Array(table.rows) : plainNumbers(table, column, known).slice();
  for (let i = 0; i < values.length; i++) {
    if (hits !== null) values[i] = signedGain(values[i]!, hits[i] === 1);
    else if (values[i]! < 0) {
      throw new Failure("DATA", {
        message: `the label "${column.name}" holds ${values[i]} (row ${table.firstRow + i + 1}), and a gain is 0 or more`,
        mend: ["say what counts as relevant, for example positive: { from: 1 }"],
      });
    }
  }
  return values;
}

/** A hit has at least some gain; a miss keeps the size of its grade below 0. */
function signedGain(grade: number, hit: boolean): number {
  if (hit) return grade > 0 ? grade : 1;
  return grade > 0 ? -grade : 0;
}

/** A value as its text: what a class name is compared with. Booleans are `true` and `false`. */
export function textAt(column: Column, row: number): string {
  if (column.kind === "category") return column.dictionary.texts[column.codes[row]!] ?? "";
  const value = column.values[row]!;
  return column.kind === "boolean" ? String(value === 1) : String(value);
}
