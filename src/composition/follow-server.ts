import { join } from "node:path";
import type { ModelConfig } from "../app/serving/gateway-config.ts";
import { type StoredRollbacks, withRollbacks } from "../app/serving/gateway-rollbacks.ts";
import { modelConfigOf } from "../app/serving/model-orders.ts";
import { doErrand } from "../app/serving/do-errand.ts";
import { type KeptOrders, OrderFollower } from "../app/serving/order-follower.ts";
import { loadServingModel, openModel, type OpenGateway } from "./gateway.ts";

export interface FollowOptions {
  readonly server: string;
  readonly key: string | null;
  /** Name of this gateway. */
  readonly id: string;
  readonly stateFolder: string;
  readonly trustAddresses: boolean;
  readonly address: string;
  readonly onProblem: (problem: string) => void;
}

/** Lets a gateway do what a server says. */
export async function follow(gateway: OpenGateway, options: FollowOptions): Promise<OrderFollower> {
  const { createHttpOrderLink } = await import("../adapters/server-link/http-order-link.ts");
  const { server: address, key, id } = options;
  const kept = await keptOrders(options.stateFolder);
  const follower = new OrderFollower({
    link: createHttpOrderLink({ address, key, id, folder: filesFolder(options.stateFolder) }),
    kept,
    rollbacks: gateway.rollbacks,
    models: gateway.models,
    state: gateway.state,
    load: loadServingModel,
    open: (config) => openModel(config, gateway.clock),
    trustAddresses: options.trustAddresses,
    address: options.address,
    onProblem: options.onProblem,
    errand: (errand) => doErrand(errand, gateway.state, { models: gateway.models, now: () => gateway.clock.now() }),
  });
  gateway.rollbacks.orders = () => kept.read()?.orders ?? null;
  follower.start();
  return follower;
}

/** The models that the server ordered last, as the gateway kept them; none where it never heard of it. */
export async function keptModels(stateFolder: string, trustAddresses: boolean): Promise<ModelConfig[]> {
  const kept = (await keptOrders(stateFolder)).read();
  if (kept === null) return [];
  const pathOf = (digest: string): string => join(filesFolder(stateFolder), digest);
  const { StateFile } = await import("../adapters/gateway-state/state-file.ts");
  const rollbacks = new StateFile<StoredRollbacks>(stateFolder, "rollbacks.json").read()?.rollbacks ?? [];
  return Object.entries(kept.orders.models).map(([name, orders]) => {
    const config = modelConfigOf(name, orders, pathOf, trustAddresses);
    return { ...config, routing: withRollbacks(name, config.routing, rollbacks) };
  });
}

async function keptOrders(stateFolder: string) {
  const { StateFile } = await import("../adapters/gateway-state/state-file.ts");
  return new StateFile<KeptOrders>(stateFolder, "orders.json");
}

function filesFolder(stateFolder: string): string {
  return join(stateFolder, "files");
}
