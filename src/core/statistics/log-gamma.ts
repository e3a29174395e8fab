/** zeta(k) - 1 for k = 2, 3, …: the coefficients of the series of log-gamma around 2 (Abramowitz-Stegun 6.1.33). */
const ZETA_MINUS_ONE = [
  0.6449340668482264, 0.2020569031595943, 0.08232323371113819, 0.03692775514336993, 0.01734306198444914,
  0.008349277381922827, 0.004077356197944339, 0.0020083928260822143, 0.0009945751278180853, 0.0004941886041194646,
  0.0002460865533080483, 0.00012271334757848915, 6.124813505870483e-5, 3.058823630702049e-5, 1.528225940865187e-5,
  0.00000763719763789976, 3.81729326499984e-6, 1.908212716553939e-6, 9.53962033872796e-7, 4.769329867878066e-7,
  2.38450502727733e-7, 1.1921992596531106e-7, 5.960818905125948e-8, 2.980350351465228e-8, 1.4901554828365043e-8,
  7.450711789835428e-9, 3.725334024788457e-9, 1.862659723513049e-9,
] as const;

const ONE_MINUS_EULER = 0.42278433509846713;
const HALF_LOG_TWO_PI = 0.9189385332046728;

/** log Gamma(2 + y) for |y| <= 1/2, with full relative accuracy at its root y = 0. */
function logGammaNearTwo(y: number): number {
  let sum = 0;
  for (let index = ZETA_MINUS_ONE.length - 1; index >= 0; index--) {
    const k = index + 2;
    const coefficient = (ZETA_MINUS_ONE[index] as number) / k;
    sum = sum * y + (k % 2 === 0 ? coefficient : -coefficient);
  }
  return y * (ONE_MINUS_EULER + y * sum);
}

/** The tail of Stirling's series, log Gamma(x) - ((x - 1/2) log x - x + log(2 pi)/2), for x >= 10. */
function stirlingSeries(x: number): number {
  const square = 1 / (x * x);
  return (
    (1 / 12 -
      square *
        (1 / 360 -
          square * (1 / 1260 - square * (1 / 1680 - square * (1 / 1188 - square * (691 / 360360 - square / 156)))))) /
    x
  );
}

/** Natural logarithm of Gamma(x) for x > 0; Infinity at 0; NaN below 0 (nothing here needs the reflection). */
export function logGamma(x: number): number {
  if (Number.isNaN(x) || x < 0) return Number.NaN;
  if (x === 0 || x === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
  if (x >= 10) return (x - 0.5) * Math.log(x) - x + HALF_LOG_TWO_PI + stirlingSeries(x);
  if (x < 0.5) return logGammaNearOne(x) - Math.log(x);
  if (x < 1.5) return logGammaNearOne(x - 1);
  let product = 1;
  let reduced = x;
  while (reduced > 2.5) {
    reduced -= 1;
    product *= reduced;
  }
  return Math.log(product) + logGammaNearTwo(reduced - 2);
}

/** log Gamma(1 + y) for |y| <= 1/2, accurate where it is near 0. */
function logGammaNearOne(y: number): number {
  return logGammaNearTwo(y) - Math.log1p(y);
}

/** log Gamma(1 + y), accurate for small y; y > -1. */
export function logGammaOnePlus(y: number): number {
  return Math.abs(y) <= 0.5 ? logGammaNearOne(y) : logGamma(1 + y);
}

/** log(x!) - log(sqrt(2 pi x) (x/e)^x) for x > 0: what Stirling's formula leaves out. */
export function stirlingError(x: number): number {
  if (x >= 10) return stirlingSeries(x);
  return logGammaOnePlus(x) - (x + 0.5) * Math.log(x) + x - HALF_LOG_TWO_PI;
}
