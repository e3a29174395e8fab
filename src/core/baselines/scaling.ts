/** Features of many rows, row-major, `width` per row. NaN is a missing value. */
export interface FeatureRows {
  readonly width: number;
  readonly values: Float32Array | Float64Array;
}

/** How features are brought to mean 0 and deviation 1; a missing value becomes the mean, a constant feature 0. */
export interface Scaling {
  readonly means: Float64Array;
  readonly deviations: Float64Array;
}

/** Mean and population standard deviation of each feature over the rows where it is present (0 and 1 where none is). */
export function learnScaling({ width, values }: FeatureRows): Scaling {
  const counts = new Float64Array(width);
  const means = new Float64Array(width);
  const squares = new Float64Array(width);
  for (let at = 0; at < values.length; at += width) {
    for (let j = 0; j < width; j++) {
      const value = values[at + j]!;
      if (!Number.isFinite(value)) continue;
      counts[j]!++;
      const step = value - means[j]!;
      means[j]! += step / counts[j]!;
      squares[j]! += step * (value - means[j]!);
    }
  }
  const deviations = squares.map((sum, j) => {
    const deviation = counts[j]! > 0 ? Math.sqrt(sum / counts[j]!) : 0;
    return deviation > 1e-12 * Math.max(1, Math.abs(means[j]!)) ? deviation : 0;
  });
  return { means, deviations };
}

/** The scaled feature. */
export function scaled(value: number, j: number, { means, deviations }: Scaling): number {
  const deviation = deviations[j]!;
  return deviation === 0 || !Number.isFinite(value) ? 0 : (value - means[j]!) / deviation;
}
