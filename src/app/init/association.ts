/**
 * How well a score tells a label, from a sample, to guess which column is the label: for two values the area under the
 * ROC curve (from 0.5 to 1, whichever way round), otherwise the share of the label's spread that the score explains
 * when it is taken as a prediction (1 - mean absolute error / mean absolute deviation; below 0 where it is none).
 * NaN where there is nothing to compare.
 */
export function association(score: Float64Array, label: Float64Array): number {
  const pairs: [number, number][] = [];
  const rows = Math.min(score.length, label.length);
  const seen = new Set<number>();
  for (let i = 0; i < rows; i++) {
    const [s, l] = [score[i]!, label[i]!];
    if (s !== s || l !== l) continue;
    pairs.push([s, l]);
    if (seen.size < 3) seen.add(l);
  }
  if (seen.size < 2) return Number.NaN;
  return seen.size === 2 ? separation(pairs, Math.max(...seen)) : skill(pairs);
}

function separation(pairs: [number, number][], positive: number): number {
  pairs.sort((a, b) => a[0] - b[0]);
  let rankSum = 0;
  let positives = 0;
  for (let start = 0; start < pairs.length; ) {
    let end = start;
    let hits = 0;
    while (end < pairs.length && pairs[end]![0] === pairs[start]![0]) if (pairs[end++]![1] === positive) hits++;
    rankSum += hits * ((start + 1 + end) / 2);
    positives += hits;
    start = end;
  }
  const negatives = pairs.length - positives;
  const area = (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
  return Math.max(area, 1 - area);
}

function skill(pairs: readonly [number, number][]): number {
  let sum = 0;
  for (const [, label] of pairs) sum += label;
  const mean = sum / pairs.length;
  let error = 0;
  let spread = 0;
  for (const [score, label] of pairs) {
    error += Math.abs(score - label);
    spread += Math.abs(label - mean);
  }
  return spread === 0 ? Number.NaN : 1 - error / spread;
}
