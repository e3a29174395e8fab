import { binOf, quantileEdges } from "./patch-means.ts";

/** How far losses of the reference lie from what is expected of them. */
export interface LossResiduals {
  readonly expected: Float64Array;
  /** In what the metric moves by, per row. */
  readonly residual: Float64Array;
  readonly weight: Float64Array | null;
  readonly units: Uint32Array;
  /** 1 where the row is in the slice. */
  readonly inside: Uint8Array;
}

const BINS = 10;
/** Fewer reference rows of a slice tell less of it than all rows do. */
const SLICE_ROWS = 100;

/**
 * What is uncertain of a metric beside which rows were asked: how losses of the current rows scatter around what is expected of
 * them, and the error of that itself, by tenths of the expected loss, from residuals of the reference (of the slice where it has
 * enough). Both grow by as much as residuals of one unit go together.
 */
export function lossVariance(current: Float64Array, reference: LossResiduals): number {
  const { expected, residual, weight, units, inside } = reference;
  const own = [...residual.keys()].filter((j) => inside[j] === 1);
  const rows = effective(own, weight) >= SLICE_ROWS ? own : [...residual.keys()];
  const edges = quantileEdges(
    Float64Array.from(rows, (j) => expected[j]!),
    BINS,
  );
  const mass = new Float64Array(BINS);
  const spread = new Float64Array(BINS);
  const error = new Float64Array(BINS);
  const byUnit = new Map<number, number>();
  for (const j of rows) {
    const bin = binOf(edges, expected[j]!);
    const w = weight?.[j] ?? 1;
    const e = residual[j]!;
    mass[bin]! += w;
    spread[bin]! += w * e * e;
    error[bin]! += (w * e) ** 2;
    byUnit.set(units[j]!, (byUnit.get(units[j]!) ?? 0) + w * e);
  }
  const single = sum(error);
  let joint = 0;
  for (const e of byUnit.values()) joint += e * e;
  const together = single > 0 ? Math.max(1, joint / single) : 1;
  const counts = new Float64Array(BINS);
  for (const value of current) counts[binOf(edges, value)]! += 1;
  const all = sum(mass);
  let variance = 0;
  for (let bin = 0; bin < BINS; bin++) {
    const known = mass[bin]! > 0;
    const scatter = known ? spread[bin]! / mass[bin]! : sum(spread) / all;
    const off = known ? error[bin]! / mass[bin]! ** 2 : sum(error) / all ** 2;
    variance += counts[bin]! * scatter + counts[bin]! ** 2 * off;
  }
  return variance * together;
}

function effective(rows: readonly number[], weight: Float64Array | null): number {
  if (weight === null) return rows.length;
  let mass = 0;
  let squares = 0;
  for (const j of rows) {
    mass += weight[j]!;
    squares += weight[j]! ** 2;
  }
  return mass > 0 ? (mass * mass) / squares : 0;
}

function sum(values: Float64Array): number {
  return values.reduce((a, b) => a + b, 0);
}
