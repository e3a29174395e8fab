import type { Tails } from "./incomplete-gamma.ts";
import { logBinomialTerm } from "./saddle-point.ts";

/**
 * Regularised incomplete beta I_x(a, b) (`lower`) and its complement (`upper`); a, b > 0, 0 <= x <= 1; NaN outside.
 * `y` = 1 - x is taken apart so that x near 1 keeps its digits. Continued fraction of DiDonato and Morris (1992, eq. 9),
 * always on the side of the mean where it converges fast.
 */
export function incompleteBeta(a: number, b: number, x: number, y: number = 1 - x): Tails {
  const valid = a > 0 && b > 0 && x >= 0 && y >= 0 && x <= 1 && y <= 1 && a + b < Number.POSITIVE_INFINITY;
  if (!valid) return { lower: Number.NaN, upper: Number.NaN };
  if (x === 0) return { lower: 0, upper: 1 };
  if (y === 0) return { lower: 1, upper: 0 };
  if (a * y - b * x >= 0) {
    const lower = belowMean(a, b, x, y);
    return { lower, upper: 1 - lower };
  }
  const upper = belowMean(b, a, y, x);
  return { lower: 1 - upper, upper };
}

function belowMean(a: number, b: number, x: number, y: number): number {
  const factor = Math.exp(logBinomialTerm(a, b, x, y)) * (a / (a + b)) * b;
  return factor / fraction(a, b, x, y);
}

/** b0 + a1/(b1 + a2/(b2 + …)) by modified Lentz; all partial denominators are positive below the mean. */
function fraction(a: number, b: number, x: number, y: number): number {
  const tiny = 1e-300;
  const lambda = a * y - b * x + 1;
  let f = (a * lambda) / (a + 1);
  if (f === 0) f = tiny;
  let c = f;
  let d = 0;
  for (let m = 1; m < 1_000_000; m++) {
    const odd = a + 2 * m - 1;
    const common = (m * (b - m) * x) / odd;
    const numerator = ((a + m - 1) * (a + b + m - 1) * common * x) / odd;
    const denominator = m + common + ((a + m) * (lambda + m * (1 + y))) / (a + 2 * m + 1);
    d = denominator + numerator * d;
    if (d === 0) d = tiny;
    c = denominator + numerator / c;
    if (c === 0) c = tiny;
    d = 1 / d;
    const step = c * d;
    f *= step;
    if (Math.abs(step - 1) < 2e-16) break;
  }
  return f;
}
