import type { GatewayOrders, ModelOrders } from "../../core/registry/gateway-orders.ts";
import { type Artifact, LEAST_VERSIONS, type VersionEntry } from "../../core/registry/registry-entries.ts";
import { versionsOf } from "../../core/serving/routing-state.ts";
import type { StateReader } from "../ports/control-store.ts";
import { modelOf } from "./models.ts";
import { wayBack } from "../rollout/roll-back.ts";
import { routingHistory, routingState } from "./routing.ts";
import { versionId } from "./versions.ts";

/** How many changes of the routing back a version stays warm, so that going back takes no loading. */
const WARM_CHANGES = 10;

/** What every gateway is to serve now. */
export async function ordersOf(state: StateReader): Promise<GatewayOrders> {
  const { revision, models: routings } = await routingState(state);
  const models: Record<string, ModelOrders> = {};
  for (const [name, routing] of Object.entries(routings)) {
    const { body } = await modelOf(state, name);
    const wanted = new Set(versionsOf(routing));
    for (const past of await routingHistory(state, name, WARM_CHANGES)) {
      for (const version of versionsOf(past.body.routing)) wanted.add(version);
    }
    const newest = await state.list<VersionEntry>("version", {
      parent: name,
      newestFirst: true,
      limit: LEAST_VERSIONS,
    });
    for (const version of newest) wanted.add(version.body.version);
    const versions: Record<string, Artifact> = {};
    for (const version of wanted) {
      const found = await state.get<VersionEntry>("version", versionId(name, version));
      if (found !== null && found.body.artifact.kind !== "file") versions[version] = found.body.artifact;
    }
    const back = await wayBack(state, name, routing);
    models[name] = { task: body.task, columns: body.columns, routing, versions, back };
  }
  return { schema: "umpire.orders/1", revision, models };
}
