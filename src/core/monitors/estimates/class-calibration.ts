import { total } from "../../metrics/totals.ts";
import { type Calibration, chooseCalibration } from "../calibrate.ts";

/** Probabilities of several classes, row-major, `width` a row. */
export interface ClassShares {
  readonly values: Float64Array;
  readonly width: number;
}

/** Each class against the rest, by its own probability. */
export function calibrateClasses(
  { values, width }: ClassShares,
  label: ArrayLike<number>,
  weight: Float64Array | null,
  seed: number,
): Calibration[] {
  const n = values.length / width;
  return Array.from({ length: width }, (_, c) => {
    const score = Float64Array.from({ length: n }, (_row, i) => values[i * width + c]!);
    const isClass = Uint8Array.from({ length: n }, (_row, i) => (label[i] === c ? 1 : 0));
    return chooseCalibration(score, isClass, weight, seed);
  });
}

/** Calibrated class by class, then brought to the sum 1 (Zadrozny and Elkan 2002); a row that is left without any keeps its own. */
export function applyCalibrations({ values, width }: ClassShares, calibrations: readonly Calibration[]): Float64Array {
  const out = new Float64Array(values.length);
  for (let at = 0; at < values.length; at += width) {
    for (let c = 0; c < width; c++) out[at + c] = inside(calibrations[c]!.of(values[at + c]!));
    normalise(out, at, values.slice(at, at + width).map(inside));
  }
  return out;
}

/** Rows of the reference and of the period that must be right on average. */
export interface ShareGroup {
  readonly reference: readonly number[];
  readonly current: readonly number[];
}

const GROUP_ROWS = 100;
const LEAST_GAP = 0.005;
const ROUNDS = 5;

/**
 * Shifts the probabilities of every group whose mean is off on the reference, class by class, again and again, in place
 * (multicalibration, Hebert-Johnson 2018).
 */
export function patchGroups(
  reference: Float64Array,
  current: Float64Array,
  label: ArrayLike<number>,
  weight: Float64Array | null,
  groups: readonly ShareGroup[],
  width: number,
): void {
  for (let round = 0; round < ROUNDS; round++) {
    let moved = false;
    for (const group of groups) {
      const gaps = surelyOff(reference, label, weight, group.reference, width);
      if (gaps === null) continue;
      moved = true;
      shift(reference, group.reference, gaps);
      shift(current, group.current, gaps);
    }
    if (!moved) return;
  }
}

/** What labels have more than probabilities, per class, 0 where that may be chance; null: everywhere. */
function surelyOff(
  shares: Float64Array,
  label: ArrayLike<number>,
  weight: Float64Array | null,
  rows: readonly number[],
  width: number,
): Float64Array | null {
  let mass = 0;
  let squares = 0;
  const gap = new Float64Array(width);
  const spread = new Float64Array(width);
  for (const i of rows) {
    const w = weight?.[i] ?? 1;
    mass += w;
    squares += w * w;
    for (let c = 0; c < width; c++) {
      const p = shares[i * width + c]!;
      gap[c]! += w * ((label[i] === c ? 1 : 0) - p);
      spread[c]! += w * w * p * (1 - p);
    }
  }
  if (!(mass > 0) || (mass * mass) / squares < GROUP_ROWS) return null;
  let off = false;
  gap.forEach((sum, c) => {
    const mean = sum / mass;
    const sure = Math.abs(mean) > Math.max(LEAST_GAP, (2 * Math.sqrt(spread[c]!)) / mass);
    gap[c] = sure ? mean : 0;
    off ||= sure;
  });
  return off ? gap : null;
}

function shift(shares: Float64Array, rows: readonly number[], gaps: Float64Array): void {
  const width = gaps.length;
  for (const i of rows) {
    const at = i * width;
    const before = shares.slice(at, at + width);
    for (let c = 0; c < width; c++) shares[at + c] = inside(before[c]! + gaps[c]!);
    normalise(shares, at, before);
  }
}

/** Brings a row to the sum 1; where nothing is left of it, to what it was before. */
function normalise(out: Float64Array, at: number, before: Float64Array): void {
  const row = out.subarray(at, at + before.length);
  const sum = total(row);
  const own = total(before);
  for (let c = 0; c < row.length; c++) {
    if (sum > 0) row[c]! /= sum;
    else row[c] = own > 0 ? before[c]! / own : 1 / row.length;
  }
}

function inside(p: number): number {
  return Math.min(1, Math.max(0, p));
}
