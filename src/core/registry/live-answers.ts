import type { ModelRouting } from "../serving/routing-state.ts";

/** A version that answers in a cohort, and for which part of it. */
export interface LiveArm {
  readonly version: string;
  readonly share: number;
  /** `champion`, `arm`, `standing`. */
  readonly as: "champion" | "arm" | "standing";
}

/**
 * Who answers a cohort under a routing, in shares that add up to 1.
 * @param cohort name of a cohort; `all`, or a name that the routing does not have: whoever no condition sends elsewhere
 */
export function liveArms(routing: ModelRouting, cohort: string): LiveArm[] {
  const named = routing.cohorts.find(({ name }) => name === cohort);
  // A cohort without a condition is everyone that the ones before it have left.
  const arms = (named ?? routing.cohorts.find(({ where }) => where === null))?.arms ?? [];
  const standing = routing.standing?.share ?? 0;
  const rest = Math.max(0, 1 - arms.reduce((sum, arm) => sum + arm.share, 0));
  const live: LiveArm[] = arms.map((arm) => ({ version: arm.version, share: arm.share * (1 - standing), as: "arm" }));
  live.push({ version: routing.champion, share: rest * (1 - standing), as: "champion" });
  if (routing.standing !== null) live.push({ version: routing.standing.version, share: standing, as: "standing" });
  return live.filter((arm) => arm.share > 1e-12);
}
