import { fillMoment } from "../metrics/moments.ts";
import type { RowBlock } from "../metrics/row-block.ts";
import type { Task } from "../metrics/metric.ts";
import type { BlockModel, RowsOfBlock } from "./block.ts";
import { rollUp, type Refinement } from "./refinement.ts";
import { FOLDS } from "./draws.ts";
import type { MomentTable } from "./evidence.ts";

/**
 * Values held at a time, 12 MB: long stretches of rows, so that the loops below run long enough to be compiled each for
 * itself (inlined into their caller they took twice the time), however many moments there are.
 */
const VALUES = 3 * 2 ** 19;

/**
 * Adds the row moments of a block to `table.sums`. Per chunk of rows: each moment once; then, grouping by grouping,
 * the cell (member, fold) of each row once and a pass for each moment. Rows add in their order, whatever the chunk.
 */
export function accumulateMoments(table: MomentTable, block: RowsOfBlock, task: Task, refinement: Refinement): void {
  const { base, derived } = refinement;
  const columns = table.names.map((name) => momentColumn(name, block));
  const chunk = Math.min(block.rows, Math.max(2 ** 14, Math.floor(VALUES / columns.length)));
  const values = columns.map(() => new Float64Array(chunk));
  const cells = new Uint32Array(chunk);
  // One more member than there are: the rows in no slice.
  const local = base.map(({ slices }) => columns.map(() => new Float64Array((slices.length + 1) * FOLDS)));
  const addChunk = (start: number, n: number): void => {
    columns.forEach(({ moment, model }, k) => {
      if (k > 0) fillMoment(moment, rowBlock(block, model, task, start, n), values[k]!);
    });
    for (let g = 0; g < base.length; g++) {
      const { codes, slices } = base[g]!;
      addGrouping(local[g]!, codes, block.folds, slices.length, values, cells, start, n);
    }
  };
  for (let start = 0; start < block.rows; start += chunk) addChunk(start, Math.min(chunk, block.rows - start));
  base.forEach((grouping, g) => addLocal(table, grouping.slices, local[g]!));
  rollUp(derived, table.sums, FOLDS * columns.length);
}

function addGrouping(
  sums: readonly Float64Array[],
  codes: Uint8Array | Uint16Array,
  folds: Uint8Array,
  members: number,
  values: readonly Float64Array[],
  cells: Uint32Array,
  start: number,
  n: number,
): void {
  findCells(sums[0]!, codes, folds, members, start, n, cells);
  let k = 1;
  for (; k + 1 < sums.length; k += 2) addTwo(sums[k]!, sums[k + 1]!, cells, values[k]!, values[k + 1]!, n);
  if (k < sums.length) addOne(sums[k]!, cells, values[k]!, n);
}

/** Notes the cell of each row, and counts it: the first moment is that of each row, 1. */
function findCells(
  counts: Float64Array,
  codes: Uint8Array | Uint16Array,
  folds: Uint8Array,
  members: number,
  start: number,
  n: number,
  cells: Uint32Array,
): void {
  for (let i = 0; i < n; i++) {
    const code = codes[start + i]!;
    const cell = ((code < members ? code : members) << 8) | folds[start + i]!;
    cells[i] = cell;
    counts[cell]! += 1;
  }
}

function addOne(sums: Float64Array, cells: Uint32Array, values: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) sums[cells[i]!]! += values[i]!;
}

/** Two moments in one pass: both read the same cells. */
function addTwo(
  sumsA: Float64Array,
  sumsB: Float64Array,
  cells: Uint32Array,
  valuesA: Float64Array,
  valuesB: Float64Array,
  n: number,
): void {
  for (let i = 0; i < n; i++) {
    const cell = cells[i]!;
    sumsA[cell]! += valuesA[i]!;
    sumsB[cell]! += valuesB[i]!;
  }
}

function addLocal(table: MomentTable, slices: readonly number[], local: readonly Float64Array[]): void {
  const width = local.length;
  slices.forEach((slice, code) => {
    local.forEach((sums, k) => {
      let to = slice * FOLDS * width + k;
      for (let at = code * FOLDS; at < (code + 1) * FOLDS; at++, to += width) table.sums[to]! += sums[at]!;
    });
  });
}

function momentColumn(name: string, block: RowsOfBlock): { model: BlockModel; moment: string } {
  const slash = name.indexOf("/");
  return { model: block.models[Number(name.slice(0, slash))]!, moment: name.slice(slash + 1) };
}

const NO_NUMBERS = new Float64Array(0);

/** Rows [start, start + n) of one model, in the form that metrics read. */
export function rowBlock(block: RowsOfBlock, model: BlockModel, task: Task, start: number, n: number): RowBlock {
  const end = start + n;
  if (task === "ranking") return { task: "regression", n, label: NO_NUMBERS, score: NO_NUMBERS };
  if (task === "binary") {
    return {
      task,
      n,
      label: (block.label as Uint8Array).subarray(start, end),
      score: model.scores.subarray(start, end),
      predicted: (model.predicted as Uint8Array).subarray(start, end),
    };
  }
  if (task === "multiclass") {
    return {
      task,
      n,
      label: (block.label as Int32Array).subarray(start, end),
      predicted: (model.predicted as Int32Array).subarray(start, end),
      probabilities: model.scores.subarray(start * model.width, end * model.width),
      width: model.width,
    };
  }
  return {
    task: "regression",
    n,
    label: (block.label as Float64Array).subarray(start, end),
    score: model.scores.subarray(start, end),
  };
}
