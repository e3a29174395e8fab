import type { RolloutPlan } from "../../core/rollout/rollout-plan.ts";
import type { Position } from "../../core/rollout/rollout-state.ts";
import type { EvidenceWindow } from "../ports/rollout-evidence.ts";

/**
 * The steps that a rollout has gone through, the present one last. A step is told by cohort and probabilities, which
 * only it has: no clock decides what belongs to it.
 */
export function evidenceWindows(plan: RolloutPlan, position: Position): EvidenceWindow[] {
  const spared = 1 - (plan.standing?.share ?? plan.before.standing?.share ?? 0);
  if (position.stage < 0) return [{ position, cohort: null, share: null, spared }];
  const everyone: EvidenceWindow = { position, cohort: "all", share: 1, spared };
  const windows = plan.stages.slice(0, position.stage + 1).flatMap((stage, s) => {
    const passed = s === position.stage ? stage.shares.slice(0, position.step + 1) : stage.shares;
    return passed.map(
      (share, step): EvidenceWindow => ({ position: { stage: s, step }, cohort: stage.cohort, share, spared }),
    );
  });
  return position.stage >= plan.stages.length ? [everyone] : windows;
}

/** Ages need no more than a part in 64 of the release's own: looks in between find the same, and cost nothing. */
export function lookTime(started: number, now: number): number {
  const grain = 2 ** Math.floor(Math.log2(Math.max(1000, (now - started) / 64)));
  return Math.floor(now / grain) * grain;
}
