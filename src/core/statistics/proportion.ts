import { betaQuantile, betaUpperQuantile } from "./beta-distribution.ts";
import { normalQuantile } from "./normal-distribution.ts";
import { type Estimate, type Interval, noEstimate } from "./result.ts";

/** Share of hits with Wilson's score interval (1927). `n` = 0: null with the reason. */
export function wilson(hits: number, n: number, confidence = 0.95): Estimate {
  return proportion(hits, n, confidence, "Wilson score interval", wilsonBounds);
}

/** Share of hits with the exact interval of Clopper and Pearson (1934): covers at least as often as promised. */
export function clopperPearson(hits: number, n: number, confidence = 0.95): Estimate {
  return proportion(hits, n, confidence, "Clopper-Pearson exact interval", clopperPearsonBounds);
}

/** The bounds alone; `hits` may be fractional, n > 0. */
export function wilsonBounds(hits: number, n: number, confidence: number): Interval {
  const z = normalQuantile(0.5 + confidence / 2);
  const share = hits / n;
  const square = z * z;
  const centre = (hits + square / 2) / (n + square);
  const half = (z / (n + square)) * Math.sqrt(n * share * (1 - share) + square / 4);
  const low = hits === 0 ? 0 : Math.max(0, centre - half);
  const high = hits === n ? 1 : Math.min(1, centre + half);
  return { low, high, confidence };
}

function clopperPearsonBounds(hits: number, n: number, confidence: number): Interval {
  const tail = (1 - confidence) / 2;
  const low = hits === 0 ? 0 : betaQuantile(tail, hits, n - hits + 1);
  const high = hits === n ? 1 : betaUpperQuantile(tail, hits + 1, n - hits);
  return { low, high, confidence };
}

function proportion(
  hits: number,
  n: number,
  confidence: number,
  method: string,
  bounds: (hits: number, n: number, confidence: number) => Interval,
): Estimate {
  if (n === 0) return noEstimate(0, method, "there are no trials");
  if (!(hits >= 0 && hits <= n))
    return noEstimate(n, method, "the number of hits is not between 0 and the number of trials");
  const value = hits / n;
  const standardError = Math.sqrt((value * (1 - value)) / n);
  return { value, standardError, interval: bounds(hits, n, confidence), n, method, reason: null };
}
