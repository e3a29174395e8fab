import { fillMoment } from "../metrics/moments.ts";
import type { RowBlock } from "../metrics/row-block.ts";
import type { Task } from "../metrics/metric.ts";
import type { BlockModel, RowsOfBlock } from "./block.ts";
import { rollUp, type Refinement } from "./refinement.ts";
import { FOLDS } from "./draws.ts";
import type { MomentTable } from "./evidence.ts";

/** Rows summed at a time: their moments stay in the processor's cache, and a grouping's sums are fetched into it seldom. */
const CHUNK = 16_384;

/**
 * Adds the row moments of a block to `table.sums`, grouping by grouping. Row moments of all models lie side by side
 * per row, and the sums of one (slice, fold) too, so that each row touches one place a grouping.
 */
export function accumulateMoments(table: MomentTable, block: RowsOfBlock, task: Task, refinement: Refinement): void {
  const width = table.names.length;
  const columns = table.names.map((name) => momentColumn(name, block));
  const interleaved = new Float64Array(CHUNK * width);
  const scratch = new Float64Array(CHUNK);
  const { base, derived } = refinement;
  const offsets = base.map((grouping) => sumOffsets(grouping.slices, grouping.none, width));
  for (let start = 0; start < block.rows; start += CHUNK) {
    const n = Math.min(CHUNK, block.rows - start);
    for (let k = 0; k < width; k++) {
      fillMoment(columns[k]!.moment, rowBlock(block, columns[k]!.model, task, start, n), scratch);
      for (let i = 0, at = k; i < n; i++, at += width) interleaved[at] = scratch[i]!;
    }
    for (const [g, { codes }] of base.entries()) {
      addGrouping(table.sums, interleaved, block.folds, codes, offsets[g]!, width, start, n);
    }
  }
  rollUp(derived, table.sums, FOLDS * width);
}

function momentColumn(name: string, block: RowsOfBlock): { model: BlockModel; moment: string } {
  const slash = name.indexOf("/");
  return { model: block.models[Number(name.slice(0, slash))]!, moment: name.slice(slash + 1) };
}

/** Place of a slice's first sum by grouping code; -1 for rows in no slice of the grouping. */
function sumOffsets(slices: readonly number[], none: number, width: number): Int32Array {
  const offsets = new Int32Array(Math.max(none + 1, slices.length)).fill(-1);
  slices.forEach((slice, code) => {
    offsets[code] = slice * FOLDS * width;
  });
  return offsets;
}

function addGrouping(
  sums: Float64Array,
  moments: Float64Array,
  folds: Uint8Array,
  codes: Uint8Array | Uint16Array,
  offsets: Int32Array,
  width: number,
  start: number,
  n: number,
): void {
  // One loop a width for the common few moments: the compiler then keeps the row's sums in registers.
  if (width === 1) return addOne(sums, moments, folds, codes, offsets, start, n);
  if (width === 3) return addThree(sums, moments, folds, codes, offsets, start, n);
  for (let i = 0; i < n; i++) {
    const offset = offsets[codes[start + i]!]!;
    if (offset < 0) continue;
    let to = offset + folds[start + i]! * width;
    let from = i * width;
    for (let k = 0; k < width; k++, to++, from++) sums[to]! += moments[from]!;
  }
}

function addOne(
  sums: Float64Array,
  moments: Float64Array,
  folds: Uint8Array,
  codes: Uint8Array | Uint16Array,
  offsets: Int32Array,
  start: number,
  n: number,
): void {
  for (let i = 0; i < n; i++) {
    const offset = offsets[codes[start + i]!]!;
    if (offset >= 0) sums[offset + folds[start + i]!]! += moments[i]!;
  }
}

function addThree(
  sums: Float64Array,
  moments: Float64Array,
  folds: Uint8Array,
  codes: Uint8Array | Uint16Array,
  offsets: Int32Array,
  start: number,
  n: number,
): void {
  for (let i = 0; i < n; i++) {
    const offset = offsets[codes[start + i]!]!;
    if (offset < 0) continue;
    const to = offset + folds[start + i]! * 3;
    const from = i * 3;
    sums[to]! += moments[from]!;
    sums[to + 1]! += moments[from + 1]!;
    sums[to + 2]! += moments[from + 2]!;
  }
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
