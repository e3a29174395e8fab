/**
 * The step of a regular series of distinct ascending times: the most frequent distance, where at least 70 % of all
 * distances equal it; else null. Needs ten times.
 */
export function regularStep(sorted: Float64Array): number | null {
  if (sorted.length < 10) return null;
  const counts = new Map<number, number>();
  for (let i = 1; i < sorted.length; i++) {
    const step = sorted[i]! - sorted[i - 1]!;
    if (counts.size < 10_000 || counts.has(step)) counts.set(step, (counts.get(step) ?? 0) + 1);
  }
  let [best, most] = [0, 0];
  for (const [step, count] of counts) if (count > most) [best, most] = [step, count];
  return most >= (sorted.length - 1) * 0.7 ? best : null;
}
