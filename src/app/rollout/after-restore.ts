import { Failure } from "../../core/failures.ts";
import { versionsOf } from "../../core/serving/routing-state.ts";
import type { Actor, StateReader } from "../ports/control-store.ts";
import type { ControlPlane } from "../registry/control-plane.ts";
import { routingHistory, routingState } from "../registry/routing.ts";
import { RolloutControl } from "./rollout-control.ts";
import type { RolloutDocument } from "./rollout-document.ts";

/** What answers for a model by a state, since when and why. */
export interface LiveModel {
  readonly model: string;
  readonly champion: string;
  /** All versions that the routing names, the champion first. */
  readonly versions: readonly string[];
  /** Milliseconds since 1970. */
  readonly since: number | null;
  readonly reason: string | null;
}

/** What a restore brought, beside what was there before. */
export interface Restored {
  /** As it is live from now on, with what was live by the state before where that was another; undefined: it is not known. */
  readonly models: readonly (LiveModel & { readonly before?: LiveModel })[];
  /** Models that the state before knew and this one does not. */
  readonly gone: readonly string[];
  /** Releases that stand still until somebody resumes them. */
  readonly held: readonly string[];
  /** Entries of the trail that the state before had after the backup; null: not known. */
  readonly lost: number | null;
}

/**
 * Readies a restored state to be taken up: writes into its trail that it was restored, and holds the releases that ran, so
 * that none goes on by itself from where it was at another time.
 * @param before the state that was there; null: there was none, or it cannot be read
 */
export async function afterRestore(plane: ControlPlane, before: ControlPlane | null, by: Actor): Promise<Restored> {
  const head = await plane.store.read((state) => state.auditHead());
  const known = before === null ? null : await before.store.read((state) => pastOf(state, head));
  const models = await plane.store.read(liveModels);
  const held = await holdReleases(plane, by);
  const lost = known?.lost ?? null;
  const body = { at: plane.clock.now(), backupEndedAt: head, lost, held };
  await plane.store.change(by, (state) =>
    state.put({ kind: "restore", id: String(head.sequence), body, action: "state.restore", detail: { lost, held } }),
  );
  const names = new Set(models.map(({ model }) => model));
  return {
    models: models.map((one) => {
      const past = known?.models.find(({ model }) => model === one.model);
      const same = past === undefined || past.versions.join("\n") === one.versions.join("\n");
      return same ? one : { ...one, before: past };
    }),
    gone: (known?.models ?? []).flatMap(({ model }) => (names.has(model) ? [] : [model])),
    held,
    lost,
  };
}

async function liveModels(state: StateReader): Promise<LiveModel[]> {
  const found: LiveModel[] = [];
  for (const [model, routing] of Object.entries((await routingState(state)).models)) {
    const [latest] = await routingHistory(state, model, 1);
    const { champion } = routing;
    const [since, reason] = [latest?.time ?? null, latest?.body.reason ?? null];
    found.push({ model, champion, versions: versionsOf(routing), since, reason });
  }
  return found;
}

/** What the state before says; of its trail only where the backup is a part of it. */
async function pastOf(state: StateReader, head: { readonly sequence: number; readonly hash: string }) {
  const [entry] = await state.audit({ after: head.sequence - 1, limit: 1 });
  const end = await state.auditHead();
  const lost = entry?.hash === head.hash ? end.sequence - head.sequence : null;
  return { models: await liveModels(state), lost };
}

async function holdReleases(plane: ControlPlane, by: Actor): Promise<string[]> {
  const control = new RolloutControl({ plane, evidence: null, tell: () => undefined });
  const held: string[] = [];
  for (const { body, id } of await plane.store.read((state) => state.list<RolloutDocument>("rollout"))) {
    const { phase, plan } = body.state;
    if (phase !== "shadow" && phase !== "stage" && phase !== "full") continue;
    try {
      await control.command(plan.model, { kind: "hold", reason: "a backup was restored" }, by);
      held.push(id);
    } catch (error) {
      if (!(error instanceof Failure && error.code === "CONFLICT")) throw error;
    }
  }
  return held;
}
