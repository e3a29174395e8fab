import { forecastRollout, type StepForecast } from "../../core/rollout/forecast.ts";
import type { RolloutEvidence } from "../ports/rollout-evidence.ts";
import type { PlannedRelease } from "./plan-release.ts";

/** Units and time that each step of a planned release is expected to take, by the traffic that the log holds. */
export async function forecastRelease(
  evidence: RolloutEvidence | null,
  { plan, shares }: PlannedRelease,
): Promise<readonly StepForecast[]> {
  const { model, guardrails } = plan;
  const nothing = { growth: null, measures: {}, waits: {} };
  const seen = evidence === null ? nothing : await evidence.traffic({ model, guardrails }).catch(() => nothing);
  return forecastRollout(plan, { ...seen, shares });
}
