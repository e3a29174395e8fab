/**
 * Relative difference of two numbers; 0 when they are the same (also both infinite or both NaN). For tests of numbers
 * whose smallness matters: vitest's toBeCloseTo is absolute.
 */
export function relativeError(actual: number, expected: number): number {
  if (Object.is(actual, expected) || actual === expected) return 0;
  return Math.abs(actual - expected) / Math.max(Math.abs(expected), Number.MIN_VALUE);
}
