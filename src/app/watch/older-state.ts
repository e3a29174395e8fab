import type { Signal } from "../../core/alerts/alert.ts";
import { routingState } from "../registry/routing.ts";
import type { StateReader } from "../ports/control-store.ts";

/**
 * An alarm where a gateway comes that answers by a later revision than there is: the state went back, or is another one. What
 * this state says holds, and the gateway takes it over with the next answer; somebody must know that answers changed by it.
 * @param revision by which the gateway answers; null: nothing to tell
 */
export async function olderStateSignal(state: StateReader, gateway: string, revision: number): Promise<Signal | null> {
  const present = await routingState(state);
  if (revision <= present.revision) return null;
  const models = Object.entries(present.models).map(([model, { champion }]) => `${model} ${champion}`);
  const now = models.length === 0 ? "no model" : models.slice(0, 10).join(", ");
  return {
    key: `server:older-state/${gateway}`,
    severity: "error",
    model: "",
    owner: null,
    message: `gateway ${gateway} answered by revision ${revision} of the routing, and this server's state ends at ${present.revision}: a backup was restored, or it is another server's. The gateway goes by this state now: ${now}`,
    actions: [
      "umpire status",
      "umpire audit list",
      "umpire rollback MODEL --to VERSION, where another version is to answer",
    ],
  };
}
