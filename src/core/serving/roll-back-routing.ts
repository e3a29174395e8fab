import { Failure } from "../failures.ts";
import { nearest } from "../nearest.ts";
import type { ModelRouting } from "./routing-state.ts";

/** Everyone on one version, the present one warm behind it. */
export function rolledBackWholly(routing: ModelRouting, to: string): ModelRouting {
  const fallback = [...new Set([routing.champion, ...routing.fallback])].filter((version) => version !== to);
  return {
    ...routing,
    champion: to,
    cohorts: [],
    shadows: [],
    fallback: routing.champion === to ? routing.fallback : fallback,
  };
}

/** One cohort on one version. @throws Failure NOT_FOUND where the routing has no such cohort */
export function rolledBackPartly(routing: ModelRouting, cohort: string, to: string, model: string): ModelRouting {
  const names = routing.cohorts.map((one) => one.name);
  if (!names.includes(cohort)) {
    const near = nearest(cohort, names);
    throw new Failure("NOT_FOUND", {
      message: `the routing of "${model}" has no cohort "${cohort}"`,
      mend: [near.length > 0 ? `nearest: ${near.join(", ")}` : `cohorts: ${names.join(", ") || "none"}`],
    });
  }
  const arms = to === routing.champion ? [] : [{ version: to, share: 1 }];
  const cohorts = routing.cohorts.map((one) => (one.name === cohort ? { ...one, arms } : one));
  return { ...routing, cohorts };
}

/** The versions that answer a cohort, or everyone where it is null, for people: `1 and 2`. */
export function answeringText(routing: ModelRouting, cohort: string | null): string {
  const arms = routing.cohorts.flatMap((one) =>
    cohort === null || one.name === cohort ? one.arms.map((arm) => arm.version) : [],
  );
  const versions = cohort === null || arms.length === 0 ? [routing.champion, ...arms] : arms;
  return [...new Set(versions)].join(" and ");
}
