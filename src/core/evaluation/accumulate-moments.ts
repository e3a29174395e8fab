import { fillMoment } from "../metrics/moments.ts";
import type { RowBlock } from "../metrics/row-block.ts";
import type { Task } from "../metrics/metric.ts";
import type { BlockModel, EvaluationBlock } from "./block.ts";
import { FOLDS } from "./draws.ts";
import type { MomentTable } from "./evidence.ts";

/** Rows summed at a time: small enough that their moments stay in the processor's cache. */
const CHUNK = 4096;

/**
 * Adds the row moments of a block to `table.sums`, grouping by grouping. Row moments of all models lie side by side
 * per row, and the sums of one (slice, fold) too, so that each row touches one place a grouping.
 */
export function accumulateMoments(table: MomentTable, block: EvaluationBlock, task: Task, sliceCount: number): void {
  const width = table.names.length;
  if (width === 0) return;
  const columns = table.names.map((name) => momentColumn(name, block));
  const interleaved = new Float64Array(CHUNK * width);
  const scratch = new Float64Array(CHUNK);
  const offsets = block.groupings.map((grouping) => sumOffsets(grouping.slices, grouping.none, width));
  const everything = (sliceCount - 1) * FOLDS * width;
  for (let start = 0; start < block.rows; start += CHUNK) {
    const n = Math.min(CHUNK, block.rows - start);
    for (let k = 0; k < width; k++) {
      fillMoment(columns[k]!.moment, rowBlock(block, columns[k]!.model, task, start, n), scratch);
      for (let i = 0, at = k; i < n; i++, at += width) interleaved[at] = scratch[i]!;
    }
    const folds = block.folds.subarray(start, start + n);
    addEverything(table.sums, interleaved, folds, everything, width);
    block.groupings.forEach((grouping, g) => {
      addGrouping(table.sums, interleaved, folds, grouping.codes.subarray(start, start + n), offsets[g]!, width);
    });
  }
}

function momentColumn(name: string, block: EvaluationBlock): { model: BlockModel; moment: string } {
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

function addEverything(
  sums: Float64Array,
  moments: Float64Array,
  folds: Uint8Array,
  offset: number,
  width: number,
): void {
  for (let i = 0, from = 0; i < folds.length; i++) {
    let to = offset + folds[i]! * width;
    for (let k = 0; k < width; k++, to++, from++) sums[to] = sums[to]! + moments[from]!;
  }
}

function addGrouping(
  sums: Float64Array,
  moments: Float64Array,
  folds: Uint8Array,
  codes: Uint8Array | Uint16Array,
  offsets: Int32Array,
  width: number,
): void {
  for (let i = 0; i < folds.length; i++) {
    const offset = offsets[codes[i]!]!;
    if (offset < 0) continue;
    let to = offset + folds[i]! * width;
    let from = i * width;
    for (let k = 0; k < width; k++, to++, from++) sums[to] = sums[to]! + moments[from]!;
  }
}

/** Rows [start, start + n) of one model, in the form that metrics read. */
export function rowBlock(block: EvaluationBlock, model: BlockModel, task: Task, start: number, n: number): RowBlock {
  const end = start + n;
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
