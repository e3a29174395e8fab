import type { z } from "zod";
import type { PlannedRelease } from "../../app/rollout/plan-release.ts";
import type { RolloutView } from "../../app/rollout/rollout-control.ts";
import type { StepForecast } from "../../core/rollout/forecast.ts";
import { keptCohorts } from "../../core/rollout/moves.ts";
import type { RolloutPlan } from "../../core/rollout/rollout-plan.ts";
import { stateText } from "../../core/rollout/rollout-state.ts";
import type { releasePlanSchema, releaseViewSchema } from "../../schemas/api/release-schemas.ts";
import { copied, timeText } from "./views.ts";

export function planView({
  plan,
  notes,
  forecast,
}: PlannedRelease & { readonly forecast: readonly StepForecast[] }): z.infer<typeof releasePlanSchema> {
  const { id, model, form, champion, challenger, verdict } = plan;
  const stages = stagesView(
    plan,
    plan.stages.map(() => 0),
  );
  const guarded = plan.guarded.map((one) => one.name);
  return copied(finite({ id, model, form, champion, challenger, verdict, stages, guarded, notes, forecast }));
}

export function releaseView({ id, document, analysis, problem }: RolloutView): z.infer<typeof releaseViewSchema> {
  const { state, decisions, started, forecast } = document;
  const { plan, phase, position, revision, credited, question, returned } = state;
  const { model, form, champion, challenger } = plan;
  return copied(
    finite({
      id,
      model,
      form,
      champion,
      challenger,
      phase,
      position,
      revision,
      returned,
      problem,
      forecast,
      at: stateText(state),
      creditedSeconds: credited / 1000,
      started: timeText(started),
      stages: stagesView(plan, state.shares),
      kept: keptCohorts(state),
      question:
        question === null
          ? null
          : { kind: question.kind, text: question.text, evidence: question.evidence, cohorts: question.cohorts },
      analysis,
      decisions: decisions.map((decision) => ({ ...decision, at: timeText(decision.at) })),
    }),
  );
}

function stagesView(plan: RolloutPlan, shares: readonly number[]) {
  return plan.stages.map(({ cohort, shares: steps, unproven, approve, reason }, i) => ({
    cohort,
    shares: steps,
    unproven,
    approve,
    reason,
    open: shares[i] ?? 0,
  }));
}

/** JSON has no infinity: what takes for ever has no number. */
function finite(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
