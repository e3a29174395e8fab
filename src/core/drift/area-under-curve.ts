import { normalQuantile, normalSurvival } from "../statistics/normal-distribution.ts";

/** AUC of scores for telling labels 1 from 0, with DeLong's standard error (1988; midranks as Sun and Xu 2014). */
export interface AreaUnderCurve {
  readonly auc: number;
  readonly standardError: number;
  readonly interval: readonly [number, number];
  /** One-sided p against 0.5. */
  readonly pValue: number;
}

/** Null where a class is missing. */
export function areaUnderCurve(scores: Float64Array, labels: Uint8Array, confidence: number): AreaUnderCurve | null {
  const m = labels.reduce((sum, label) => sum + label, 0);
  const n = labels.length - m;
  if (m < 2 || n < 2) return null;
  const pooled = midranks(scores);
  const positives = scores.filter((_, row) => labels[row] === 1);
  const negatives = scores.filter((_, row) => labels[row] === 0);
  const ranksX = midranks(positives);
  const ranksY = midranks(negatives);
  let auc = 0;
  let x = 0;
  let y = 0;
  const v10 = new Float64Array(m);
  const v01 = new Float64Array(n);
  for (let row = 0; row < labels.length; row++) {
    if (labels[row] === 1) {
      v10[x] = (pooled[row]! - ranksX[x]!) / n;
      auc += v10[x]! / m;
      x++;
    } else {
      v01[y] = 1 - (pooled[row]! - ranksY[y]!) / m;
      y++;
    }
  }
  const standardError = Math.sqrt(varianceOf(v10, auc) / m + varianceOf(v01, auc) / n);
  const z = normalQuantile(0.5 + confidence / 2);
  const interval = [Math.max(0, auc - z * standardError), Math.min(1, auc + z * standardError)] as const;
  const pValue = standardError > 0 ? normalSurvival((auc - 0.5) / standardError) : auc > 0.5 ? 0 : 1;
  return { auc, standardError, interval, pValue };
}

function varianceOf(values: Float64Array, mean: number): number {
  let sum = 0;
  for (const value of values) sum += (value - mean) ** 2;
  return sum / (values.length - 1);
}

function midranks(values: Float64Array): Float64Array {
  const order = Uint32Array.from(values, (_, index) => index).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let i = start; i < end; i++) ranks[order[i]!] = (start + end + 1) / 2;
    start = end;
  }
  return ranks;
}
