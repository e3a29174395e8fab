/**
 * Root, to an absolute and relative 4e-16, of an increasing function by Newton steps kept inside a bracket (bisection where a step leaves it).
 * `evaluate` returns value and slope. `low` and `high` must bracket the root; the start must lie between them.
 */
export function solveIncreasing(
  evaluate: (x: number) => { readonly value: number; readonly slope: number },
  low: number,
  high: number,
  start: number,
): number {
  let left = low;
  let right = high;
  let x = start > low && start < high ? start : 0.5 * (low + high);
  for (let i = 0; i < 400; i++) {
    const { value, slope } = evaluate(x);
    if (value === 0) return x;
    if (value < 0) left = x;
    else right = x;
    let next = x - value / slope;
    if (!(next > left && next < right)) next = 0.5 * (left + right);
    const step = Math.abs(next - x);
    x = next;
    if (step <= 4e-16 * Math.max(1, Math.abs(x))) return x;
  }
  return x;
}
