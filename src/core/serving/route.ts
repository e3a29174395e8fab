import { bucket } from "../hash/bucket.ts";
import { conditionPredicate } from "../slices/condition-predicate.ts";
import type { FeatureRecord } from "./feature-record.ts";
import type { Arm, ModelRouting } from "./routing-state.ts";

/** Who answers a record, and why it is that one. */
export interface RouteDecision {
  readonly version: string;
  /** Name of the cohort whose condition held; `all` where none did. */
  readonly cohort: string;
  /** `champion`, `standing`, or the version of the arm. */
  readonly arm: string;
  /** Probability with which a unit of this cohort gets this version: what off-policy estimates divide by. */
  readonly propensity: number;
}

export type Router = (record: FeatureRecord, unit: string) => RouteDecision;

/**
 * Compiles a model's routing to a function. A unit always gets the same answer from the same routing; a share that
 * grows only adds units: the first arm fills its buckets from 0 upwards, the second from 1 downwards, and three or more
 * have a part of their own each.
 */
export function compileRouter(routing: ModelRouting, singlePrecision?: ReadonlySet<string>): Router {
  const cohorts = routing.cohorts.map((cohort) => ({
    name: cohort.name,
    holds: cohort.where === null ? null : conditionPredicate(cohort.where, singlePrecision),
    salt: cohort.salt,
    arms: segments(cohort.arms),
    rest: 1 - cohort.arms.reduce((sum, arm) => sum + arm.share, 0),
  }));
  const { standing } = routing;
  const standingShare = standing?.share ?? 0;
  const everyone: RouteDecision = {
    version: routing.champion,
    cohort: "all",
    arm: "champion",
    propensity: 1 - standingShare,
  };
  return (record, unit) => {
    const cohort = cohorts.find((candidate) => candidate.holds === null || candidate.holds(record));
    const name = cohort?.name ?? "all";
    if (standing !== null && bucket(standing.salt, unit) < standing.share) {
      return { version: standing.version, cohort: name, arm: "standing", propensity: standing.share };
    }
    if (cohort === undefined) return everyone;
    const spared = 1 - standingShare;
    if (cohort.arms.length > 0) {
      // One arm that gets everyone needs no hash.
      const at = cohort.rest <= 0 && cohort.arms.length === 1 ? 0 : bucket(cohort.salt, unit);
      for (const arm of cohort.arms) {
        if (at >= arm.from && at < arm.to) {
          return { version: arm.version, cohort: name, arm: arm.version, propensity: arm.share * spared };
        }
      }
    }
    return { version: routing.champion, cohort: name, arm: "champion", propensity: Math.max(0, cohort.rest) * spared };
  };
}

interface Segment extends Arm {
  readonly from: number;
  readonly to: number;
}

function segments(arms: readonly Arm[]): Segment[] {
  return arms.map((arm, i) => {
    if (i === 0) return { ...arm, from: 0, to: arm.share };
    if (arms.length === 2) return { ...arm, from: 1 - arm.share, to: 1 };
    return { ...arm, from: i / arms.length, to: i / arms.length + arm.share };
  });
}

/**
 * Why the arms of a cohort cannot be, as a sentence; null where they can. Three or more arms each own a part of the
 * buckets, so none may outgrow its part.
 */
export function armsProblem(arms: readonly Arm[]): string | null {
  for (const arm of arms) {
    if (!(arm.share >= 0 && arm.share <= 1))
      return `the share of "${arm.version}" is ${arm.share}; it lies between 0 and 1`;
  }
  const sum = arms.reduce((total, arm) => total + arm.share, 0);
  if (sum > 1 + 1e-9) return `the shares add up to ${sum}, more than 1`;
  const widest = arms.length > 2 ? arms.find((arm) => arm.share > 1 / arms.length + 1e-9) : undefined;
  if (widest === undefined) return null;
  return `the share of "${widest.version}" is ${widest.share}; of ${arms.length} arms each has at most 1/${arms.length}, so that a growing share only adds units`;
}

/** True where a shadow sees this unit's requests. */
export function isSampled(version: string, sample: number, unit: string): boolean {
  return sample >= 1 || (sample > 0 && bucket(`shadow:${version}`, unit) < sample);
}
