import type { ClassShares } from "./class-calibration.ts";
import { binOf, quantileEdges } from "./patch-means.ts";

/** Bins by which a calibration's own error is judged. */
const BINS = 20;

/**
 * What the error of the calibrations does to a metric. Per class and bin of its raw probability the mean label of the
 * reference is off by chance, and the metric moves by that times what the bin's current rows do to it. Classes of one
 * reference row are off together (its label is one of them), so that the error is added up by its rows.
 * @param effect what the metric moves by where a current row counts a little more as a class, row-major
 * @param shares of the reference's rows, as they are used
 */
export function classCalibrationVariance(
  current: ClassShares,
  effect: Float64Array,
  reference: ClassShares,
  shares: Float64Array,
  weight: Float64Array | null,
): number {
  const { width } = reference;
  const n = reference.values.length / width;
  const pull = new Float64Array(n * width);
  for (let c = 0; c < width; c++) {
    const own = column(reference, c);
    const edges = quantileEdges(own, BINS);
    const moves = new Float64Array(BINS);
    column(current, c).forEach((one, i) => (moves[binOf(edges, one)]! += effect[i * width + c]!));
    const mass = new Float64Array(BINS);
    const bins = own.map((one) => binOf(edges, one));
    bins.forEach((bin, i) => (mass[bin]! += weight?.[i] ?? 1));
    bins.forEach((bin, i) => (pull[i * width + c] = moves[bin]! / mass[bin]!));
  }
  let variance = 0;
  for (let i = 0; i < n; i++) {
    let squares = 0;
    let mean = 0;
    for (let c = 0; c < width; c++) {
      const at = i * width + c;
      squares += shares[at]! * pull[at]! ** 2;
      mean += shares[at]! * pull[at]!;
    }
    variance += (weight?.[i] ?? 1) ** 2 * (squares - mean * mean);
  }
  return variance;
}

function column({ values, width }: ClassShares, c: number): Float64Array {
  return Float64Array.from({ length: values.length / width }, (_, i) => values[i * width + c]!);
}
