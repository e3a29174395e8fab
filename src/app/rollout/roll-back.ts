import { Failure } from "../../core/failures.ts";
import { applyEvent } from "../../core/rollout/apply-event.ts";
import type { Effect, RolloutEvent } from "../../core/rollout/rollout-state.ts";
import { liveArms } from "../../core/registry/live-answers.ts";
import { answeringText, rolledBackPartly, rolledBackWholly } from "../../core/serving/roll-back-routing.ts";
import type { ModelRouting } from "../../core/serving/routing-state.ts";
import type { Actor, StateReader, StateWriter, StoredDocument } from "../ports/control-store.ts";
import { modelOf } from "../registry/models.ts";
import { changeRouting, routingHistory, routingState } from "../registry/routing.ts";
import { versionOf } from "../registry/versions.ts";
import { requireAnsweredBefore } from "./into-production.ts";
import { isRunning, latestRollout, type RolloutDocument } from "./rollout-document.ts";

export interface RollbackWish {
  readonly model: string;
  /** A kept version or an alias; null: what answered before. */
  readonly to: string | null;
  /** Null: everyone. */
  readonly cohort: string | null;
  readonly reason: string;
}

export interface RolledBack {
  readonly model: string;
  readonly cohort: string | null;
  readonly from: string;
  readonly to: string;
  /** False: it was so already. */
  readonly changed: boolean;
  /** What follows, for whoever is about to do it. */
  readonly follows: readonly string[];
  readonly rollout: string | null;
}

type ApplyToRollout = (id: string, document: RolloutDocument, event: RolloutEvent) => Promise<readonly Effect[]>;

interface Target {
  readonly result: RolledBack;
  /** The release that it is a step of; null: routing changed by hand, or by none that is left. */
  readonly rollout: StoredDocument<RolloutDocument> | null;
  readonly event: Extract<RolloutEvent, { kind: "roll-back" }>;
  readonly routing: ModelRouting;
}

/** What a rollback would do, without doing it. @throws Failure NOT_FOUND, CONFLICT */
export async function previewRollback(state: StateReader, wish: RollbackWish, by: string): Promise<RolledBack> {
  return (await targetOf(state, wish, by, 0)).result;
}

/**
 * Rolls back inside the caller's transaction: through the release that runs or was the last word, else directly. Looks
 * at no numbers.
 */
export async function rollBackModel(
  state: StateWriter,
  wish: RollbackWish,
  by: Actor,
  at: number,
  applyToRollout: ApplyToRollout,
): Promise<{ result: RolledBack; effects: readonly Effect[]; id: string | null }> {
  const { result, rollout, event, routing } = await targetOf(state, wish, by.name, at);
  if (!result.changed) return { result, effects: [], id: null };
  // What an operator did not name is what answered before.
  if (wish.to !== null) await requireAnsweredBefore(state, by, wish.model, [result.to], wish.cohort);
  if (rollout !== null) {
    return { result, effects: await applyToRollout(rollout.id, rollout.body, event), id: rollout.id };
  }
  await changeRouting(state, {
    model: wish.model,
    routing,
    reason: wish.reason,
    by: by.name,
    rollout: null,
    back: true,
  });
  return { result, effects: [], id: null };
}

async function targetOf(state: StateReader, wish: RollbackWish, by: string, at: number): Promise<Target> {
  const { model, cohort } = wish;
  await modelOf(state, model);
  const routing = (await routingState(state)).models[model];
  if (routing === undefined) throw new Failure("CONFLICT", { message: `nothing of "${model}" is live` });
  const rollout = await ruling(state, model);
  const named = wish.to === null ? null : (await versionOf(state, model, wish.to)).body.version;
  const to = named ?? rollout?.body.state.plan.before.champion ?? (await before(state, model, routing, cohort));
  const event = { kind: "roll-back" as const, at, by, reason: wish.reason, to, cohort };
  const next = cohort === null ? rolledBackWholly(routing, to) : rolledBackPartly(routing, cohort, to, model);
  const alone = cohort === null && answersAlone(routing, to);
  refuseForward(rollout, wish, to, alone);
  const trial = rollout === null ? null : applyEvent(rollout.body.state, event);
  // A cohort that the release does not know may be one that was routed by hand.
  const byRelease = trial !== null && (trial.refused === null || cohort === null);
  // A release that brought it to everyone is no way back to it; one that only tries it is ended by going to the champion.
  const there = alone && rollout !== null && to !== rollout.body.state.plan.before.champion;
  const changed = !there && (byRelease ? trial.refused === null : JSON.stringify(next) !== JSON.stringify(routing));
  const from = answeringText(routing, cohort);
  const result: RolledBack = {
    model,
    cohort,
    from,
    to,
    changed,
    follows: changed
      ? [...followsText(wish, from, to, rollout), ...(await neverText(state, wish, to))]
      : [
          `version ${to} answers ${cohort ?? "everyone"} already`,
          `to any other kept version: umpire rollback ${model} --to VERSION`,
        ],
    rollout: rollout?.id ?? null,
  };
  return { result, rollout: byRelease ? rollout : null, event, routing: next };
}

/** The release whose routing is in force; null where it was changed since. */
async function ruling(state: StateReader, model: string): Promise<StoredDocument<RolloutDocument> | null> {
  const latest = await latestRollout(state, model);
  if (latest === null) return null;
  const [newest] = await routingHistory(state, model, 1);
  return isRunning(latest.body) || newest?.body.rollout === latest.id ? latest : null;
}

/** What everyone goes back to where no version is named; null: nothing answered before. */
export async function wayBack(state: StateReader, model: string, routing: ModelRouting): Promise<string | null> {
  const rollout = await ruling(state, model);
  if (rollout !== null) return rollout.body.state.plan.before.champion;
  try {
    return await before(state, model, routing, null);
  } catch (error) {
    if (error instanceof Failure && error.code === "CONFLICT") return null;
    throw error;
  }
}

async function before(
  state: StateReader,
  model: string,
  routing: ModelRouting,
  cohort: string | null,
): Promise<string> {
  if (cohort !== null) return routing.champion;
  const history = await routingHistory(state, model, 1000);
  if (history[0]?.body.back === true) return routing.champion;
  const earlier = history.find((entry) => entry.body.routing.champion !== routing.champion);
  if (earlier !== undefined) return earlier.body.routing.champion;
  if (routing.cohorts.some((one) => one.arms.length > 0)) return routing.champion;
  throw new Failure("CONFLICT", {
    message: `nothing answered for "${model}" before version ${routing.champion}`,
    mend: [`umpire rollback ${model} --to VERSION`, `umpire models show ${model}`],
  });
}

/** Whether no other version answers anybody, but for the standing share. */
function answersAlone(routing: ModelRouting, to: string): boolean {
  const names = ["all", ...routing.cohorts.map(({ name }) => name)];
  return names.every((name) => liveArms(routing, name).every((arm) => arm.as === "standing" || arm.version === to));
}

/** The brake pressed for the version that is being let out would put it live for everyone. @throws Failure CONFLICT */
function refuseForward(
  rollout: StoredDocument<RolloutDocument> | null,
  { model, cohort }: RollbackWish,
  to: string,
  alone: boolean,
): void {
  if (rollout === null || !isRunning(rollout.body) || cohort !== null || alone) return;
  const { challenger, before: answered } = rollout.body.state.plan;
  if (to !== challenger) return;
  throw new Failure("CONFLICT", {
    message: `version ${to} of "${model}" is the one that is being released (${rollout.id}): that is no way back; nothing was changed`,
    mend: [
      `back to ${answered.champion}, which answered before: umpire rollback ${model}`,
      `on with ${to}, by an approver: umpire release advance ${model}`,
    ],
  });
}

/** Says that a version is no way back where it never answered everyone. */
async function neverText(state: StateReader, { model, cohort }: RollbackWish, to: string): Promise<string[]> {
  if (cohort !== null) return [];
  const history = await routingHistory(state, model, 1000);
  if (history.some(({ body }) => body.routing.champion === to)) return [];
  return [`version ${to} never answered everyone before: it is new to most of them`];
}

function followsText(
  wish: RollbackWish,
  from: string,
  to: string,
  rollout: StoredDocument<RolloutDocument> | null,
): string[] {
  const who = wish.cohort === null ? "everyone" : `the cohort "${wish.cohort}"`;
  const instead = from === to ? "also where another is tried now" : `in place of ${from}`;
  const lines = [`version ${to} of ${wish.model} answers ${who}, ${instead}, within a second`];
  if (rollout !== null && isRunning(rollout.body)) {
    lines.push(
      wish.cohort === null
        ? `the release of ${rollout.body.state.plan.challenger} (${rollout.id}) ends`
        : `the release of ${rollout.body.state.plan.challenger} (${rollout.id}) is held`,
    );
  }
  lines.push("nothing is deleted: it can be released again");
  return lines;
}
