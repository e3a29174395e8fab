import type { Cohort, ModelRouting, Shadow } from "../serving/routing-state.ts";
import type { RolloutPlan } from "./rollout-plan.ts";
import type { RolloutState } from "./rollout-state.ts";

/**
 * What the gateway does in this state of a rollout. Cohorts stand in the order in which they decide: what was taken back,
 * what nobody consented to, then what is open. So a unit gets the challenger only if it is in an open cohort and in none
 * of the first two; with one salt, a share that grows only adds units.
 */
export function routingFor(state: RolloutState): ModelRouting {
  const { plan, phase } = state;
  if (phase === "draft") return plan.before;
  if (phase === "rolled-back") return rolledBack(state);
  const champion = plan.before.champion;
  const everyone =
    phase === "full" || phase === "done" || (phase !== "shadow" && state.position.stage >= plan.stages.length);
  const answers = everyone ? plan.challenger : champion;
  const returned = state.returned.map(({ cohort, version }) => returnedCohort(plan, cohort, version, answers));
  const taken = new Set(state.returned.map((one) => one.cohort));
  const cohorts = everyone ? returned : [...returned, ...stageCohorts(state, taken), ...plan.before.cohorts];
  return {
    champion: answers,
    cohorts,
    standing: plan.standing === null ? plan.before.standing : { ...plan.standing, salt: `standing:${plan.model}` },
    shadows: shadowsFor(state, everyone),
    // The version that was replaced stays loaded, and answers where the other cannot.
    fallback: [...new Set([everyone ? champion : plan.champion, ...plan.before.fallback])].filter(
      (version) => version !== answers || !everyone,
    ),
    optOut: plan.before.optOut,
  };
}

function rolledBack({ plan, answering }: RolloutState): ModelRouting {
  const version = answering ?? plan.before.champion;
  if (version === plan.before.champion) return plan.before;
  const fallback = [...new Set([plan.before.champion, ...plan.before.fallback])].filter((one) => one !== version);
  return { ...plan.before, champion: version, cohorts: [], fallback };
}

function returnedCohort(plan: RolloutPlan, cohort: string, version: string, answers: string): Cohort {
  const where =
    plan.stages.find((stage) => stage.cohort === cohort)?.where ??
    plan.guarded.find((one) => one.name === cohort)?.where ??
    null;
  return { name: cohort, where, salt: plan.id, arms: version === answers ? [] : [{ version, share: 1 }] };
}

function stageCohorts(state: RolloutState, taken: ReadonlySet<string>): Cohort[] {
  const { plan } = state;
  const consented = new Set(state.consents.flatMap((word) => word.cohorts));
  const guarded = plan.guarded
    .filter((one) => !consented.has(one.name) && !taken.has(one.name))
    .map((one): Cohort => ({ name: one.name, where: one.where, salt: plan.id, arms: [] }));
  const open = plan.stages.flatMap((stage, i): Cohort[] => {
    const share = state.shares[i] ?? 0;
    if (share <= 0 || taken.has(stage.cohort)) return [];
    const arms =
      plan.form === "ab"
        ? plan.arms.filter((arm) => arm.version !== plan.before.champion)
        : [{ version: plan.challenger, share }];
    return [{ name: stage.cohort, where: stage.where, salt: plan.id, arms }];
  });
  return [...guarded, ...open];
}

function shadowsFor(state: RolloutState, everyone: boolean): readonly Shadow[] {
  const { plan } = state;
  const others = plan.before.shadows.filter((one) => one.version !== plan.challenger && one.version !== plan.champion);
  const shadowing = state.position.stage < 0 && plan.shadow !== null;
  if (shadowing) return [...others, { version: plan.challenger, sample: plan.shadow.sample }];
  const last = state.shares.at(-1) ?? 0;
  // The replaced champion goes on as a reverse shadow, so that going back has a forecast.
  if ((everyone || last >= 1) && plan.reverseShadow > 0) {
    return [...others, { version: plan.before.champion, sample: plan.reverseShadow }];
  }
  return others;
}
