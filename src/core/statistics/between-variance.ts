/** How much true values differ, beyond the error that each estimate of them has. */
export interface BetweenVariance {
  readonly variance: number;
  /** Degrees of freedom of the variance: estimates less one. */
  readonly degrees: number;
}

/**
 * Variance of true values between groups from an estimate and its standard error for each: DerSimonian and Laird (1986),
 * tau^2 = max(0, (Q - (k - 1)) / (sum w - sum w^2 / sum w)) with w = 1 / se^2 and Q = sum w (y - mean)^2.
 * Null for fewer than two estimates. A standard error of 0 makes the others weightless: give none.
 */
export function betweenVariance(values: ArrayLike<number>, standardErrors: ArrayLike<number>): BetweenVariance | null {
  const k = values.length;
  if (k < 2) return null;
  let total = 0;
  let squares = 0;
  let weighted = 0;
  for (let i = 0; i < k; i++) {
    const weight = 1 / standardErrors[i]! ** 2;
    total += weight;
    squares += weight * weight;
    weighted += weight * values[i]!;
  }
  const mean = weighted / total;
  let heterogeneity = 0;
  for (let i = 0; i < k; i++) heterogeneity += (values[i]! - mean) ** 2 / standardErrors[i]! ** 2;
  const variance = (heterogeneity - (k - 1)) / (total - squares / total);
  return { variance: Math.max(0, variance), degrees: k - 1 };
}
