import { canonicalJson } from "../../core/audit/canonical-json.ts";
import type { ReportedOverride } from "../../core/registry/gateway-orders.ts";
import type { Actor, StateWriter } from "../ports/control-store.ts";
import type { ControlPlane } from "./control-plane.ts";

/**
 * Writes down what people decided over the model's head at a gateway: who, what, why, and when it ended. Overrides are
 * the gateway's own, so that they count at once and without the server; the trail hears of them with the next report.
 */
export async function recordOverrides(
  plane: ControlPlane,
  gateway: string,
  reported: readonly ReportedOverride[],
  by: Actor,
): Promise<void> {
  const now = new Map(reported.map((override) => [`${gateway}/${override.id}`, override]));
  const before = await plane.store.read((state) => state.list<ReportedOverride>("override", { parent: gateway }));
  const same =
    before.length === now.size && before.every(({ id, body }) => canonicalJson(body) === canonicalJson(now.get(id)));
  if (same) return;
  await plane.store.change(by, (state) => write(state, gateway, now));
}

async function write(state: StateWriter, gateway: string, now: ReadonlyMap<string, ReportedOverride>): Promise<void> {
  for (const { id, body } of await state.list<ReportedOverride>("override", { parent: gateway })) {
    if (now.has(id)) continue;
    await state.delete("override", id, { action: "override.end", detail: detailOf(body) });
  }
  for (const [id, body] of now) {
    const present = await state.get<ReportedOverride>("override", id);
    if (present !== null && canonicalJson(present.body) === canonicalJson(body)) continue;
    await state.put({ kind: "override", id, parent: gateway, body, action: "override.enter", detail: detailOf(body) });
  }
}

function detailOf({ kind, model, reason, by }: ReportedOverride): Record<string, unknown> {
  return { reason: `${kind}: ${reason} (${by})`, kind, model, by };
}
