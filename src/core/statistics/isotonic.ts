/** A non-decreasing function: linear between its points, flat outside. */
export interface IsotonicFit {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/**
 * Isotonic regression by pooling adjacent violators (Barlow et al. 1972), as scikit-learn's IsotonicRegression with
 * `out_of_bounds="clip"`: equal x are joined to their weighted mean first. Rows of weight 0 do not count.
 */
export function isotonicFit(x: Float64Array, y: ArrayLike<number>, weight: Float64Array | null): IsotonicFit {
  const order = Uint32Array.from(x.keys())
    .filter((i) => weight === null || weight[i]! > 0)
    .sort((a, b) => x[a]! - x[b]!);
  const values: number[] = [];
  const weights: number[] = [];
  const from: number[] = [];
  const points: number[] = [];
  for (let i = 0; i < order.length; ) {
    const at = x[order[i]!]!;
    let sum = 0;
    let mass = 0;
    for (; i < order.length && x[order[i]!] === at; i++) {
      const w = weight?.[order[i]!] ?? 1;
      sum += w * y[order[i]!]!;
      mass += w;
    }
    values.push(sum / mass);
    weights.push(mass);
    from.push(points.length);
    points.push(at);
    while (values.length > 1 && values.at(-2)! >= values.at(-1)!) {
      const [w, v] = [weights.pop()!, values.pop()!];
      from.pop();
      const last = values.length - 1;
      values[last] = (values[last]! * weights[last]! + v * w) / (weights[last]! + w);
      weights[last]! += w;
    }
  }
  const fitted: [number, number][] = [];
  values.forEach((value, block) => {
    const first = points[from[block]!]!;
    const last = points[(from[block + 1] ?? points.length) - 1]!;
    fitted.push([first, value]);
    if (last !== first) fitted.push([last, value]);
  });
  return { x: Float64Array.from(fitted, ([at]) => at), y: Float64Array.from(fitted, ([, value]) => value) };
}

/** The value of the fit at a point; NaN without points. */
export function isotonicValue({ x, y }: IsotonicFit, at: number): number {
  let low = 0;
  let high = x.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (x[middle]! <= at) low = middle + 1;
    else high = middle;
  }
  if (low === 0) return y[0] ?? Number.NaN;
  if (low === x.length) return y[low - 1]!;
  const share = (at - x[low - 1]!) / (x[low]! - x[low - 1]!);
  return y[low - 1]! + share * (y[low]! - y[low - 1]!);
}
