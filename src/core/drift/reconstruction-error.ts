import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import type { Frame } from "../profile/frame.ts";
import type { JointMoments } from "../profile/joint-moments.ts";
import { addJointMoments, createJointMoments, standardise } from "../profile/joint-moments.ts";
import type { RowSample } from "../profile/row-sample.ts";
import { mapDictionary } from "../profile/update-category.ts";
import { normalTwoSided } from "../statistics/normal-distribution.ts";
import { evenRows } from "./feature-matrix.ts";

/** Principal components of the reference: what the columns have in common. */
export interface PrincipalSpace {
  readonly size: number;
  /** Mean and standard deviation of each joint column over the reference. */
  readonly mean: Float64Array;
  readonly sd: Float64Array;
  /** Rows: the components left out, each of unit length; the error is the distance along these. */
  readonly residual: readonly Float64Array[];
  readonly kept: number;
  readonly varianceKept: number;
}

/** Share of the variance that the kept components explain at least. */
const varianceShare = 0.65;

/** Null with fewer than two columns that vary or fewer than three rows. */
export function principalSpace(moments: JointMoments): PrincipalSpace | null {
  const size = moments.sums.length;
  if (moments.rows < 3 || size < 2) return null;
  const mean = moments.sums.map((sum) => sum / moments.rows);
  const covariance = covarianceOf(moments, mean);
  const sd = Float64Array.from({ length: size }, (_, i) => Math.sqrt(Math.max(0, covariance.get(i, i))));
  const varying = sd.filter((value) => value > 1e-9).length;
  if (varying < 2) return null;
  const correlation = new Matrix(size, size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      const scale = sd[i]! * sd[j]!;
      correlation.set(i, j, scale > 1e-18 && sd[i]! > 1e-9 && sd[j]! > 1e-9 ? covariance.get(i, j) / scale : 0);
    }
  }
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(correlation, { assumeSymmetric: true });
  const order = realEigenvalues.map((_, index) => index).sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]!);
  const total = realEigenvalues.reduce((sum, value) => sum + Math.max(0, value), 0);
  let kept = 0;
  let explained = 0;
  while (kept < varying - 1 && explained < varianceShare * total)
    explained += Math.max(0, realEigenvalues[order[kept++]!]!);
  const residual = order
    .slice(kept)
    .map((k) => Float64Array.from({ length: size }, (_, i) => eigenvectorMatrix.get(i, k)));
  return { size, mean, sd, residual, kept, varianceKept: explained / total };
}

function covarianceOf(moments: JointMoments, mean: Float64Array): Matrix {
  const size = mean.length;
  const covariance = new Matrix(size, size);
  let at = 0;
  for (let i = 0; i < size; i++) {
    for (let j = i; j < size; j++) {
      const value = moments.products[at++]! / moments.rows - mean[i]! * mean[j]!;
      covariance.set(i, j, value);
      covariance.set(j, i, value);
    }
  }
  return covariance;
}

/**
 * Root mean squared distance of rows from the reference's principal space, in the reference's standard deviations, from
 * second moments alone. NaN without rows.
 */
export function reconstructionError(space: PrincipalSpace, moments: JointMoments): number {
  if (moments.rows === 0) return Number.NaN;
  const size = space.size;
  const second = secondMomentsAbout(space, moments);
  let sum = 0;
  for (const direction of space.residual) {
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) sum += direction[i]! * direction[j]! * second[i * size + j]!;
    }
  }
  return Math.sqrt(Math.max(0, sum));
}

function secondMomentsAbout(space: PrincipalSpace, moments: JointMoments): Float64Array {
  const size = space.size;
  const second = new Float64Array(size * size);
  let at = 0;
  for (let i = 0; i < size; i++) {
    for (let j = i; j < size; j++) {
      const a = moments.sums[i]! / moments.rows;
      const b = moments.sums[j]! / moments.rows;
      const raw = moments.products[at++]! / moments.rows;
      const centred = raw - a * space.mean[j]! - b * space.mean[i]! + space.mean[i]! * space.mean[j]!;
      const scale = Math.max(space.sd[i]!, 1e-9) * Math.max(space.sd[j]!, 1e-9);
      const usable = space.sd[i]! > 1e-9 && space.sd[j]! > 1e-9;
      second[i * size + j] = usable ? centred / scale : 0;
      second[j * size + i] = second[i * size + j]!;
    }
  }
  return second;
}

/** p-value from rows: squared errors of reference rows that did not make the space against those of current rows (Welch). */
export function reconstructionPValue(frame: Frame, reference: RowSample, current: RowSample): number | null {
  const limit = 10_000;
  const left = matrixOf(frame, reference, evenRows(reference.table.rows, limit));
  const right = matrixOf(frame, current, evenRows(current.table.rows, limit));
  const made = momentsOfRows(left.filter((_, row) => row % 2 === 0));
  const held = left.filter((_, row) => row % 2 === 1);
  if (made === null || held.length < 20 || right.length < 20) return null;
  const space = principalSpace(made);
  if (space === null) return null;
  const a = squaredErrors(space, held);
  const b = squaredErrors(space, right);
  const error = Math.sqrt(a.variance / held.length + b.variance / right.length);
  return error > 0 ? normalTwoSided((b.mean - a.mean) / error) : a.mean === b.mean ? 1 : 0;
}

function matrixOf(frame: Frame, sample: RowSample, rows: Uint32Array): Float64Array[] {
  const byName = new Map(frame.columns.map((column) => [column.name, column]));
  const columns = frame.joint.map((name) => {
    const out = new Float64Array(rows.length);
    const column = sample.table.columns.get(name);
    const columnFrame = byName.get(name)!;
    if (column === undefined) return out;
    const isCategory = column.kind === "category" && columnFrame.kind === "category";
    standardise(columnFrame, column, isCategory ? mapDictionary(columnFrame, column.dictionary) : null, rows, out);
    return out;
  });
  return Array.from(rows, (_, row) => Float64Array.from(columns, (column) => column[row]!));
}

function momentsOfRows(rows: readonly Float64Array[]): JointMoments | null {
  const size = rows[0]?.length ?? 0;
  if (size === 0) return null;
  const total = createJointMoments(size);
  for (const row of rows) {
    const products = new Float64Array(total.products.length);
    let at = 0;
    for (let i = 0; i < size; i++) for (let j = i; j < size; j++) products[at++] = row[i]! * row[j]!;
    addJointMoments(total, { rows: 1, sums: row, products });
  }
  return total;
}

function squaredErrors(space: PrincipalSpace, rows: readonly Float64Array[]): { mean: number; variance: number } {
  let mean = 0;
  let squares = 0;
  rows.forEach((row, index) => {
    let error = 0;
    for (const direction of space.residual) {
      let along = 0;
      for (let i = 0; i < space.size; i++) {
        if (space.sd[i]! > 1e-9) along += (direction[i]! * (row[i]! - space.mean[i]!)) / space.sd[i]!;
      }
      error += along * along;
    }
    const step = error - mean;
    mean += step / (index + 1);
    squares += step * (error - mean);
  });
  return { mean, variance: squares / Math.max(1, rows.length - 1) };
}
