import type { Verdict } from "../gates/verdict.ts";
import { decimalsOf } from "./numbers.ts";

/** Decimals for the deciding metric's numbers that have no interval of their own: those of the score, else of all rows. */
export function usualDecimals(verdict: Pick<Verdict, "score" | "overall" | "metric">): number {
  return decimalsOf(verdict.score.interval, decimalsOf(verdict.overall[verdict.metric]?.interval ?? null));
}
