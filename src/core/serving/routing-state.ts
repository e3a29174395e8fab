import type { Condition } from "../slices/condition.ts";

/**
 * Which version answers whom, per model. The gateway keeps it in a file of its own, so that it answers as before when
 * it restarts and when everything else is down. Plain JSON.
 */
export interface RoutingState {
  readonly schema: "umpire.routing/1";
  /** Raised by one with every change; a change names the revision that it changes. */
  readonly revision: number;
  readonly models: Readonly<Record<string, ModelRouting>>;
}

export interface ModelRouting {
  /** Answers whoever no cohort sends elsewhere. */
  readonly champion: string;
  /** In order; the first whose condition holds decides. */
  readonly cohorts: readonly Cohort[];
  /** A share that always goes to a simpler version, before any cohort, so that the champion has something to beat. */
  readonly standing: Standing | null;
  /** See copies of the requests; never answer. */
  readonly shadows: readonly Shadow[];
  /** Versions that answer when the chosen one cannot, in order. */
  readonly fallback: readonly string[];
  /** The version (a rule or a constant) that answers units who opted out; null: the last rule or constant that is known. */
  readonly optOut: string | null;
}

/** A named condition, the same that was judged, and who answers there. */
export interface Cohort {
  readonly name: string;
  /** Null: everyone. */
  readonly where: Condition | null;
  /** The experiment's id: units fall into buckets of this salt. */
  readonly salt: string;
  /** What is left over goes to the champion. */
  readonly arms: readonly Arm[];
}

export interface Arm {
  readonly version: string;
  /** Between 0 and 1. */
  readonly share: number;
}

export interface Standing {
  readonly version: string;
  readonly share: number;
  readonly salt: string;
}

export interface Shadow {
  readonly version: string;
  /** Share of requests that are copied, by bucket of the unit, so that a unit is seen whole. */
  readonly sample: number;
}

/** Every version that a model's routing names. */
export function versionsOf(routing: ModelRouting): string[] {
  return [
    ...new Set([
      routing.champion,
      ...routing.cohorts.flatMap((cohort) => cohort.arms.map((arm) => arm.version)),
      ...(routing.standing === null ? [] : [routing.standing.version]),
      ...routing.shadows.map((shadow) => shadow.version),
      ...routing.fallback,
      ...(routing.optOut === null ? [] : [routing.optOut]),
    ]),
  ];
}

/** Who answers whom as it is, with those standing by, as fallback or shadow, that are there. */
export function withStandby(routing: ModelRouting, isThere: (version: string) => boolean): ModelRouting {
  return {
    ...routing,
    shadows: routing.shadows.filter(({ version }) => isThere(version)),
    fallback: routing.fallback.filter(isThere),
  };
}

/** A model with one version that answers everyone. */
export function plainRouting(champion: string): ModelRouting {
  return { champion, cohorts: [], standing: null, shadows: [], fallback: [], optOut: null };
}
