import type { ColumnRequest, TableBlock, TableSource } from "../ports/table-reader.ts";
import { Failure } from "../../core/failures.ts";
import { rowOfBlock } from "../../core/tables/even-rows.ts";
import type { LabelMeaning } from "./label-codes.ts";
import { readLabels } from "./label-codes.ts";
import { pick, rowsOf, selectRows } from "./select-rows.ts";
import { joinBlocks } from "./whole-table.ts";

/** Most rows that a linear or logistic baseline is fitted on; of more, one of every k is taken. */
export const fitRows = 200_000;

/** Rows with a label of the training data. */
export interface TrainRows {
  readonly table: TableBlock;
  readonly label: Uint8Array | Int32Array | Float64Array;
  /** Multiclass: class names in code order. */
  readonly classes: readonly string[];
}

/**
 * Reads the columns asked for of the training data, at most about `most` rows, evenly spaced.
 * @throws Failure DATA where no row has a label
 */
export async function readTrainRows(
  source: TableSource,
  meaning: Omit<LabelMeaning, "classes">,
  columns: readonly ColumnRequest[],
  most = Number.POSITIVE_INFINITY,
): Promise<TrainRows> {
  const every = Math.max(1, Math.ceil((await source.countRows()) / most));
  const blocks: TableBlock[] = [];
  for await (const block of source.read({ columns: withLabel(columns, meaning) })) {
    if (every === 1) blocks.push(block);
    else {
      const mask = new Uint8Array(block.rows);
      for (let i = 0; i < mask.length; i++) {
        const row = block.firstRow + i;
        mask[i] = row === rowOfBlock(Math.floor(row / every), every) ? 1 : 0;
      }
      blocks.push(selectRows(block, rowsOf(mask)));
    }
  }
  const whole = joinBlocks(blocks);
  const classes = meaning.task === "multiclass" ? labelClasses(whole, meaning.column) : [];
  const labels = readLabels(whole, { ...meaning, classes });
  // A baseline learns from hits; grades below them (kept with a minus) are misses to it.
  if (meaning.task === "ranking") labels.values.forEach((gain, i) => gain < 0 && (labels.values[i] = 0));
  if (labels.unknown === whole.rows) {
    throw new Failure("DATA", {
      where: source.files[0] ?? "",
      message: `no row of the training data has a label ("${meaning.column}")`,
    });
  }
  if (labels.known === null) return { table: whole, label: labels.values, classes };
  const rows = rowsOf(labels.known);
  const make = labels.values.constructor as new (length: number) => Uint8Array | Int32Array | Float64Array;
  return { table: selectRows(whole, rows), label: pick(labels.values, rows, new make(rows.length)), classes };
}

/** The label column among the requests, as the task needs it. */
export function withLabel(
  columns: readonly ColumnRequest[],
  meaning: Pick<LabelMeaning, "task" | "column">,
): ColumnRequest[] {
  const as = meaning.task === "multiclass" ? "category" : meaning.task === "regression" ? "number" : "auto";
  return [...columns.filter((column) => column.name !== meaning.column), { name: meaning.column, as }];
}

/** Class names of a label column: in order of their numbers where all are numbers, else of their text. */
export function labelClasses(table: TableBlock, name: string): string[] {
  const column = table.columns.get(name);
  return column?.kind === "category" ? inOrder(column.dictionary.texts) : [];
}

/** Distinct class names in their canonical order. */
export function inOrder(names: readonly string[]): string[] {
  const distinct = [...new Set(names)];
  const numeric = distinct.every((name) => name.trim() !== "" && Number.isFinite(Number(name)));
  return numeric ? distinct.sort((a, b) => Number(a) - Number(b)) : distinct.sort((a, b) => (a < b ? -1 : 1));
}
