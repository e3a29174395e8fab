import { canonicalJson } from "../../core/audit/canonical-json.ts";
import type { ReportedOverride } from "../../core/registry/gateway-orders.ts";
import type { Actor, StateReader, StateWriter } from "../ports/control-store.ts";
import type { ControlPlane } from "./control-plane.ts";

/**
 * Writes down what people decided over the model's head at a gateway: who, what, why, and when it ended. Overrides are
 * the gateway's own, so that they count at once and without the server; the trail hears of them with the next report.
 * @param askedBy who asked for the override of this id by way of the server; null: nobody, the gateway tells of it
 */
export async function recordOverrides(
  plane: ControlPlane,
  gateway: string,
  reported: readonly ReportedOverride[],
  by: Actor,
  askedBy: (id: string) => Actor | null = () => null,
): Promise<void> {
  const now = new Map(reported.map((override) => [`${gateway}/${override.id}`, override]));
  const changes = await plane.store.read((state) => changesOf(state, gateway, now));
  const actors = new Map<string, { readonly actor: Actor; readonly ids: Set<string> }>();
  for (const id of changes) {
    const actor = askedBy(id.slice(gateway.length + 1)) ?? by;
    const name = `${actor.role} ${actor.name}`;
    const of = actors.get(name) ?? { actor, ids: new Set() };
    actors.set(name, of);
    of.ids.add(id);
  }
  for (const { actor, ids } of actors.values())
    await plane.store.change(actor, (state) => write(state, gateway, now, ids));
}

/** Overrides that are other than the server has them, by the name of their document. */
async function changesOf(
  state: StateReader,
  gateway: string,
  now: ReadonlyMap<string, ReportedOverride>,
): Promise<string[]> {
  const before = new Map(
    (await state.list<ReportedOverride>("override", { parent: gateway })).map(({ id, body }) => [id, body]),
  );
  const ended = [...before.keys()].filter((id) => !now.has(id));
  const entered = [...now].filter(([id, body]) => canonicalJson(before.get(id) ?? null) !== canonicalJson(body));
  return [...ended, ...entered.map(([id]) => id)];
}

async function write(
  state: StateWriter,
  gateway: string,
  now: ReadonlyMap<string, ReportedOverride>,
  ids: ReadonlySet<string>,
): Promise<void> {
  for (const id of await changesOf(state, gateway, now)) {
    if (!ids.has(id)) continue;
    const body = now.get(id);
    if (body === undefined) {
      const ended = await state.get<ReportedOverride>("override", id);
      await state.delete("override", id, {
        action: "override.end",
        ...(ended === null ? {} : { detail: detailOf(ended.body) }),
      });
    } else
      await state.put({
        kind: "override",
        id,
        parent: gateway,
        body,
        action: "override.enter",
        detail: detailOf(body),
      });
  }
}

function detailOf({ kind, model, reason, by }: ReportedOverride): Record<string, unknown> {
  return { reason: `${kind}: ${reason} (${by})`, kind, model, by };
}
