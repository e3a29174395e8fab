import { forecastRollout, type StepForecast } from "../../core/rollout/forecast.ts";
import type { RolloutEvidence } from "../ports/rollout-evidence.ts";
import type { PlannedRelease } from "./plan-release.ts";

/** Units and time that each step of a planned release is expected to take, by the traffic that the log holds. */
export async function forecastRelease(
  evidence: RolloutEvidence | null,
  { plan, shares }: PlannedRelease,
): Promise<readonly StepForecast[]> {
  const { model, guardrails } = plan;
  const nothing = { unitsPerDay: null, measures: {} };
  const seen = evidence === null ? nothing : await evidence.traffic({ model, guardrails }).catch(() => nothing);
  const daily = seen.unitsPerDay;
  const unitsPerDay: Record<string, number> = {};
  for (const stage of plan.stages) {
    const share = stage.where === null ? 1 : shares[stage.cohort];
    if (daily !== null && share !== undefined) unitsPerDay[stage.cohort] = daily * share;
  }
  return forecastRollout(plan, { unitsPerDay, measures: seen.measures });
}
