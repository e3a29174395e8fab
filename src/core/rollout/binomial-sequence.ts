import { logGamma } from "../statistics/log-gamma.ts";

/**
 * Lower bound of a rate, from counts alone, that holds at every look at once and at any size: the smallest p against
 * which the Beta(1/2, 1/2) mixture of binomial likelihoods has not gathered evidence 1/alpha (Robbins 1970; Ville's
 * inequality). For rare errors and the first minutes of a stage, where normal approximations do not hold.
 *
 * @param confidence of both bounds together; each alone holds with it too
 */
export function binomialLow(hits: number, n: number, confidence: number): number {
  if (!(n > 0) || hits === 0) return 0;
  const mixture = logBeta(hits + 0.5, n - hits + 0.5) - logBeta(0.5, 0.5);
  const limit = -Math.log(1 - confidence);
  const excluded = (p: number): boolean => {
    const missed = hits < n ? (n - hits) * Math.log1p(-p) : 0;
    return mixture - hits * Math.log(p) - missed >= limit;
  };
  return edge(excluded, hits / n, 0);
}

/** The upper bound, likewise. */
export function binomialHigh(hits: number, n: number, confidence: number): number {
  return 1 - binomialLow(n - hits, n, confidence);
}

/** Between a rate that is in and an end that is out, the border, to 1e-12 on the safe side. */
function edge(excluded: (p: number) => boolean, inside: number, outside: number): number {
  let within = inside;
  let beyond = outside;
  for (let i = 0; i < 40; i++) {
    const middle = (within + beyond) / 2;
    if (excluded(middle)) beyond = middle;
    else within = middle;
  }
  return beyond;
}

function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}
