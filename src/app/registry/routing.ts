import { Failure } from "../../core/failures.ts";
import type { Aliases, RoutingEntry } from "../../core/registry/registry-entries.ts";
import { type LiveArm, liveArms } from "../../core/registry/live-answers.ts";
import { armsProblem } from "../../core/serving/route.ts";
import { type ModelRouting, plainRouting, type RoutingState, versionsOf } from "../../core/serving/routing-state.ts";
import type { Edge, StateReader, StateWriter, StoredDocument } from "../ports/control-store.ts";
import { aliasesOf, modelOf } from "./models.ts";
import { versionId, versionOf } from "./versions.ts";

const emptyState: RoutingState = { schema: "umpire.routing/1", revision: 0, models: {} };

/** What the gateways are to do now. */
export async function routingState(state: StateReader): Promise<RoutingState> {
  return (await state.get<RoutingState>("routing-state", "current"))?.body ?? emptyState;
}

export interface RoutingChange {
  readonly model: string;
  readonly routing: ModelRouting;
  /** Kept with the change and shown by whatever asks "why": one sentence. */
  readonly reason: string;
  readonly by: string;
  readonly rollout: string | null;
  /** True: it is a rollback. */
  readonly back?: true;
  /** The revision of the routing state that was seen; undefined: whatever it is. */
  readonly expected?: number;
}

/**
 * Changes who answers whom, all in one: the gateways' state with the next revision, the history that says what was live
 * when and why, the alias `champion`, the lineage. Gateways hear of it when the transaction is on the disk.
 * Use this inside a `change`; the rollout writes its own step in the same transaction.
 * @throws Failure CONFLICT where the state was changed meanwhile, NOT_FOUND, USAGE
 */
export async function changeRouting(state: StateWriter, change: RoutingChange): Promise<RoutingState> {
  const { model, routing, reason, by, rollout } = change;
  const present = await routingState(state);
  if (change.expected !== undefined && change.expected !== present.revision) {
    throw new Failure("CONFLICT", {
      message: `the routing was changed meanwhile: the change is for revision ${change.expected}, it is now at ${present.revision}`,
      mend: ["look at it again, then change it"],
    });
  }
  await checkRouting(state, model, routing);
  const revision = present.revision + 1;
  const next: RoutingState = {
    schema: "umpire.routing/1",
    revision,
    models: { ...present.models, [model]: routing },
  };
  await state.put<RoutingState>({ kind: "routing-state", id: "current", body: next, action: "routing.state" });
  await state.put<RoutingEntry>({
    kind: "routing",
    id: `${model}@${revision}`,
    parent: model,
    body: { model, revision, routing, reason, by, rollout, ...(change.back === true ? { back: true as const } : {}) },
    edges: deploymentEdges(model, revision, routing),
    action: "routing.change",
    detail: { reason, revision },
    expected: 0,
  });
  const aliases = await aliasesOf(state, model);
  if (aliases["champion"] !== routing.champion) {
    await state.put<Aliases>({
      kind: "aliases",
      id: model,
      body: { ...aliases, champion: routing.champion },
      action: "alias.set",
      detail: { alias: "champion", version: routing.champion, before: aliases["champion"] ?? null, reason },
    });
  }
  return next;
}

async function checkRouting(state: StateReader, model: string, routing: ModelRouting): Promise<void> {
  for (const name of versionsOf(routing)) {
    const { body } = await versionOf(state, model, name);
    if (body.version !== name) {
      throw new Failure("USAGE", {
        message: `"${name}" is an alias; a routing names versions`,
        mend: [`"${name}" stands for "${body.version}" now`],
      });
    }
    if (body.artifact.kind === "file") {
      throw new Failure("USAGE", {
        message: `version "${name}" of "${model}" is a file of the form "${body.artifact.format}", which the gateway cannot serve`,
        mend: ["register it as ONNX, or the address of a server that answers for it"],
      });
    }
  }
  for (const cohort of routing.cohorts) {
    const problem = armsProblem(cohort.arms);
    if (problem !== null) throw new Failure("USAGE", { where: `cohorts.${cohort.name}`, message: problem });
  }
}

function deploymentEdges(model: string, revision: number, routing: ModelRouting): Edge[] {
  return versionsOf(routing).map((version) => ({
    from: `version:${versionId(model, version)}`,
    to: `deployment:${model}@${revision}`,
    relation: "deployed in",
  }));
}

/** Makes `version` the first champion of a model that has no routing yet. @throws Failure CONFLICT */
export async function firstChampion(state: StateWriter, model: string, version: string, by: string, reason: string) {
  const present = (await routingState(state)).models[model];
  if (present !== undefined) {
    if (present.champion === version) return routingState(state);
    throw new Failure("CONFLICT", {
      message: `"${present.champion}" is live as the champion of "${model}"; the alias follows what is live`,
      mend: [`umpire release start ${model} ${version}`],
    });
  }
  return changeRouting(state, { model, routing: plainRouting(version), reason, by, rollout: null });
}

/** What answered a cohort at a time, and why. */
export interface LiveAnswer {
  readonly model: string;
  readonly cohort: string;
  /** Cohorts that the routing of that time names; another one is answered as everyone. */
  readonly cohorts: readonly string[];
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly arms: readonly LiveArm[];
  readonly shadows: readonly string[];
  readonly fallback: readonly string[];
  readonly since: number;
  readonly revision: number;
  readonly reason: string;
  readonly by: string;
  readonly rollout: string | null;
}

/**
 * One query: the newest change of the routing that is not after the time; of the present the newest, whatever its time,
 * because a clock may have been set back since. Null: nothing was live yet.
 */
export async function liveAt(
  state: StateReader,
  model: string,
  cohort: string,
  at: number,
  now: number,
): Promise<LiveAnswer | null> {
  await modelOf(state, model);
  const [newest = null] = at >= now ? await routingHistory(state, model, 1) : [];
  const found = newest ?? (await state.latestAt<RoutingEntry>("routing", model, at));
  if (found === null) return null;
  const { routing, reason, by, rollout, revision } = found.body;
  return {
    model,
    cohort,
    cohorts: routing.cohorts.map(({ name }) => name),
    at,
    arms: liveArms(routing, cohort),
    shadows: routing.shadows.map((shadow) => shadow.version),
    fallback: routing.fallback,
    since: found.time,
    revision,
    reason,
    by,
    rollout,
  };
}

/** Every change of who answers, newest first. */
export function routingHistory(
  state: StateReader,
  model: string,
  limit: number,
): Promise<StoredDocument<RoutingEntry>[]> {
  return state.list<RoutingEntry>("routing", { parent: model, newestFirst: true, limit });
}
