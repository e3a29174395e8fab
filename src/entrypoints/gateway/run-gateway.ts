import type { GatewayConfig } from "../../app/serving/gateway-config.ts";
import { loadServingModel, type OpenGateway, openGateway } from "../../composition/gateway.ts";
import type { AccessLog } from "./access-log.ts";
import { createAdminDoor } from "./admin-door.ts";
import { GatewayServer } from "./gateway-server.ts";
import type { GrpcServer } from "./grpc/grpc-server.ts";
import type { KeyRing } from "./key-ring.ts";
import type { GatewayLimits } from "../../app/serving/gateway-limits.ts";

export interface RunOptions {
  readonly config: GatewayConfig;
  readonly host: string;
  readonly port: number;
  /** Of the gRPC door; null: there is none. */
  readonly grpcPort: number | null;
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
  /** Null where there is no gRPC door. */
  readonly grpcPort: number | null;
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
      rollbacks: gateway.rollbacks,
      limits: options.limits,
      load: loadServingModel,
      modelsFolder: options.modelsFolder,
      now: () => gateway.clock.now(),
    }),
    onBug: options.onBug,
  });
  let port: number;
  let grpc: { readonly server: GrpcServer; readonly port: number } | null = null;
  try {
    if (options.grpcPort !== null) grpc = await openGrpc(options, options.grpcPort, gateway);
    port = await server.listen(options.port, options.host);
  } catch (error) {
    await grpc?.server.drain(0);
    await gateway.close();
    throw error;
  }
  return {
    port,
    grpcPort: grpc?.port ?? null,
    gateway,
    stop: async () => {
      await Promise.all([server.drain(), grpc?.server.drain()]);
      await gateway.close();
    },
  };
}

/** Opens the gRPC door; its library is loaded only here. */
async function openGrpc(
  options: RunOptions,
  port: number,
  gateway: OpenGateway,
): Promise<{ readonly server: GrpcServer; readonly port: number }> {
  const library = await import("@grpc/grpc-js");
  const { GrpcServer: Server } = await import("./grpc/grpc-server.ts");
  const server = new Server(library, {
    path: gateway.path,
    models: gateway.models,
    limits: options.limits,
    keys: options.keys,
    accessLog: options.accessLog,
    version: options.version,
    onBug: options.onBug,
  });
  return { server, port: await server.listen(port, options.host) };
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
  const rotation = gateway.rotationProblem();
  return {
    status: problem === null && rotation === null ? "ok" : "degraded",
    log: { problem, ...(rotation === null ? {} : { rotation }), failed, dropped, mode: gateway.log.mode },
    models,
  };
}
