const SQRT_PI = Math.sqrt(Math.PI);

/** 2/sqrt(pi) times the integral of exp(-t^2) from 0 to x. */
export function erf(x: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  if (x < 0) return -erf(-x);
  return x <= 2 ? erfSeries(x) : 1 - erfcFraction(x);
}

/** 1 - erf(x), with full relative accuracy in the upper tail (to 1e-308 at x = 26.5, then 0). */
export function erfc(x: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  if (x < 0) return 2 - erfc(-x);
  return x <= 1.5 ? 1 - erfSeries(x) : erfcFraction(x);
}

/** All terms positive (Abramowitz-Stegun 7.1.6). */
function erfSeries(x: number): number {
  let term = x;
  let sum = x;
  const twice = 2 * x * x;
  for (let k = 1; k < 200; k++) {
    term *= twice / (2 * k + 1);
    sum += term;
    if (term < sum * 1e-17) break;
  }
  return (2 / SQRT_PI) * Math.exp(-x * x) * sum;
}

/** Continued fraction of Q(1/2, x^2), x > 1.5. */
function erfcFraction(x: number): number {
  if (x > 27.3) return 0;
  const square = x * x;
  let b = square + 0.5;
  let c = 1e300;
  let d = 1 / b;
  let h = d;
  for (let k = 1; k < 1000; k++) {
    const numerator = -k * (k - 0.5);
    b += 2;
    d = 1 / (numerator * d + b);
    c = b + numerator / c;
    const factor = c * d;
    h *= factor;
    if (Math.abs(factor - 1) < 2e-16) break;
  }
  return (x * expMinusSquare(x) * h) / SQRT_PI;
}

/** exp(-x^2) with the rounding of x^2 taken out: at x = 26 the plain form loses three digits. */
function expMinusSquare(x: number): number {
  const high = Math.round(x * 1024) / 1024;
  return Math.exp(-high * high) * Math.exp((high - x) * (high + x));
}
