import { Failure } from "../../core/failures.ts";
import type { StepAnalysis } from "../../core/rollout/analyse-step.ts";
import type { StepForecast } from "../../core/rollout/forecast.ts";
import type { DecisionRecord, RolloutEvent, RolloutState } from "../../core/rollout/rollout-state.ts";
import type { AnswerCuts } from "../ports/rollout-evidence.ts";
import type { StateReader, StateWriter, StoredDocument } from "../ports/control-store.ts";

/** A rollout as it is kept: where its events have brought it. The events are kept beside it and give the same state. */
export interface RolloutDocument {
  readonly number: number;
  readonly state: RolloutState;
  /** Milliseconds since 1970; events of the log before it are not its own. */
  readonly started: number;
  readonly decisions: readonly DecisionRecord[];
  /** As of the last decision. */
  readonly analysis: StepAnalysis | null;
  readonly cuts: AnswerCuts | null;
  /** As it was before the first stage opened. */
  readonly forecast: readonly StepForecast[];
}

export interface RolloutEventEntry {
  readonly event: RolloutEvent;
}

/** The newest rollout of a model; null where there was none. */
export async function latestRollout(
  state: StateReader,
  model: string,
): Promise<StoredDocument<RolloutDocument> | null> {
  const all = await state.list<RolloutDocument>("rollout", { parent: model });
  return all.toSorted((a, b) => b.body.number - a.body.number)[0] ?? null;
}

/** The events of a rollout in their order: `replay` gives its state. */
export async function rolloutEvents(state: StateReader, id: string): Promise<RolloutEvent[]> {
  const entries = await state.list<RolloutEventEntry>("rollout-event", { parent: id });
  return entries.map((entry) => entry.body.event);
}

/** True while it may still change who answers by itself. */
export function isRunning({ state }: RolloutDocument): boolean {
  return state.phase !== "done" && state.phase !== "rolled-back";
}

/** Writes a rollout with the event that brought it there, in the caller's transaction. */
export async function putRollout(
  state: StateWriter,
  id: string,
  document: RolloutDocument,
  event: RolloutEvent,
  detail: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { revision, plan } = document.state;
  await state.put<RolloutEventEntry>({
    kind: "rollout-event",
    id: `${id}/${String(revision).padStart(6, "0")}`,
    parent: id,
    body: { event },
    action: `rollout.${event.kind}`,
    detail,
    expected: 0,
  });
  await state.put<RolloutDocument>({
    kind: "rollout",
    id,
    parent: plan.model,
    body: document,
    edges: [{ from: `version:${plan.model}/${plan.challenger}`, to: `rollout:${id}`, relation: "released by" }],
    action: "rollout.state",
  });
}

/** Why another cannot start. */
export function running(model: string, id: string): Failure {
  return new Failure("CONFLICT", {
    message: `a release of "${model}" runs already (${id})`,
    mend: [`umpire release status ${model}`, `umpire rollback ${model} ends it`],
  });
}

/** Why there is nothing to say. */
export function noRollout(model: string): Failure {
  return new Failure("NOT_FOUND", {
    message: `"${model}" has no release yet`,
    mend: [`umpire release start ${model} VERSION`],
  });
}
