import type { GatewayConfig } from "../../app/serving/gateway-config.ts";
import { loadServingModel, type OpenGateway, openGateway } from "../../composition/gateway.ts";
import type { AccessLog } from "./access-log.ts";
import { createAdminDoor } from "./admin-door.ts";
import { GatewayServer } from "./gateway-server.ts";
import type { KeyRing } from "./key-ring.ts";
import type { GatewayLimits } from "../../app/serving/gateway-limits.ts";

export interface RunOptions {
  readonly config: GatewayConfig;
  readonly host: string;
  readonly port: number;
  readonly limits: GatewayLimits;
  readonly keys: KeyRing | null;
  /** Where versions that come through the API must lie; null: none may come. */
  readonly modelsFolder: string | null;
  readonly accessLog: AccessLog | null;
  readonly version: string;
  readonly onBug: (error: unknown) => void;
}

export interface RunningGateway {
  readonly port: number;
  readonly gateway: OpenGateway;
  /** Answers what is under way, writes what waits, unloads. */
  stop(): Promise<void>;
}

/** Opens a gateway: models first, the door last, so that whoever connects is answered. */
export async function runGateway(options: RunOptions): Promise<RunningGateway> {
  const gateway = await openGateway(options.config);
  const server = new GatewayServer({
    path: gateway.path,
    models: gateway.models,
    labels: gateway.labels,
    limits: options.limits,
    keys: options.keys,
    accessLog: options.accessLog,
    version: options.version,
    metrics: () => gateway.telemetry.expose(),
    health: () => healthOf(gateway),
    admin: createAdminDoor({
      models: gateway.models,
      state: gateway.state,
      limits: options.limits,
      load: loadServingModel,
      modelsFolder: options.modelsFolder,
      now: () => gateway.clock.now(),
    }),
    onBug: options.onBug,
  });
  let port: number;
  try {
    port = await server.listen(options.port, options.host);
  } catch (error) {
    await gateway.close();
    throw error;
  }
  return {
    port,
    gateway,
    stop: async () => {
      await server.drain();
      await gateway.close();
    },
  };
}

function healthOf(gateway: OpenGateway): Readonly<Record<string, unknown>> {
  const { problem, failed, dropped } = gateway.log.health;
  const models = Object.fromEntries(
    [...gateway.models.values()].map((model) => [
      model.name,
      {
        champion: model.routing.champion,
        versions: Object.fromEntries(model.versions.map((version) => [version, model.slot(version)!.guard.circuit])),
      },
    ]),
  );
  return {
    status: problem === null ? "ok" : "degraded",
    log: { problem, failed, dropped, mode: gateway.log.mode },
    models,
  };
}
