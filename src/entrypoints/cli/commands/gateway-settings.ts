import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { LogMode } from "../../../app/ports/prediction-log.ts";
import type { ServingSource } from "../../../app/ports/serving-runtime.ts";
import type { GatewayConfig, ModelConfig } from "../../../app/serving/gateway-config.ts";
import { usualGuard } from "../../../app/serving/guard.ts";
import type { GatewaySettings } from "../../../app/serving/read-gateway.ts";
import { Failure } from "../../../core/failures.ts";
import { plainRouting } from "../../../core/serving/routing-state.ts";

/** The flags that say what is served and where it is logged. */
export interface GatewayOptions {
  readonly model: readonly string[];
  readonly port?: string;
  readonly grpcPort?: string;
  readonly host?: string;
  readonly log?: string;
  readonly logMode?: string;
  readonly accessLog?: boolean;
  readonly out?: string;
  /** The server that says what is served. */
  readonly server?: string;
  readonly trustAddresses?: boolean;
}

/** The file, with the flags over it; or the flags alone where models are named there. */
export async function settingsOf(
  options: GatewayOptions,
  positional: readonly string[],
  folder: string,
): Promise<GatewaySettings> {
  const { usualLimits } = await import("../../../app/serving/gateway-limits.ts");
  const flags = {
    ...(options.host === undefined ? {} : { host: options.host }),
    ...(options.port === undefined ? {} : { port: portOf(options.port, "--port") }),
    ...(options.grpcPort === undefined ? {} : { grpcPort: portOf(options.grpcPort, "--grpc-port") }),
    ...(options.accessLog === true ? { accessLog: true } : {}),
  };
  const out = resolve(folder, options.out ?? ".umpire");
  const log = {
    ...(options.log === undefined ? {} : { folder: resolve(folder, options.log) }),
    ...(options.logMode === undefined ? {} : { mode: modeOf(options.logMode) }),
  };
  const alone = options.model.length === 0 && options.server === undefined;
  const [file = alone && existsSync(resolve(folder, "umpire.yaml")) ? "umpire.yaml" : undefined] = positional;
  if (file !== undefined) {
    const { readGateway } = await import("../../../app/serving/read-gateway.ts");
    const settings = await readGateway(file, folder, out, process.env);
    const named = options.model.map((text) => modelOf(text, folder));
    const models = [...settings.config.models, ...named];
    if (models.length === 0 && options.server === undefined) {
      throw new Failure("POLICY", {
        where: file,
        message: "the file names no model that can be served",
        mend: ["gateway: { models: { NAME: { versions: { 1: { onnx: FILE } } } } }"],
      });
    }
    const config = await withKeptModels(
      { ...settings.config, models, log: { ...settings.config.log, ...log } },
      options,
    );
    return { ...settings, ...flags, config };
  }
  if (options.model.length === 0 && options.server === undefined) {
    throw new Failure("USAGE", {
      message: "nothing to serve",
      mend: ["umpire gateway --model NAME=FILE.onnx", "umpire gateway --model NAME=http://127.0.0.1:5000/predict"],
    });
  }
  const config = await withKeptModels(configOf(options, folder, out), options);
  return {
    config: { ...config, log: { ...config.log, ...log } },
    host: "127.0.0.1",
    port: 8080,
    grpcPort: null,
    limits: usualLimits,
    keys: [],
    accessLog: false,
    doubts: [],
    modelsFolder: null,
    ...flags,
  };
}

/**
 * With what the server said last, so that a start does not wait for it. Of a model that the file names too, the file's
 * other versions stay.
 * @throws Failure USAGE where two models have one name
 */
async function withKeptModels(config: GatewayConfig, options: GatewayOptions): Promise<GatewayConfig> {
  const byName = new Map<string, ModelConfig>();
  for (const model of config.models) {
    if (byName.has(model.name)) {
      throw new Failure("USAGE", {
        message: `the model "${model.name}" is named twice`,
        mend: ["give each a name of its own", "versions of one model are in the file: gateway.models.NAME.versions"],
      });
    }
    byName.set(model.name, model);
  }
  if (options.server === undefined) return config;
  const { keptModels } = await import("../../../composition/follow-server.ts");
  for (const kept of await keptModels(config.stateFolder, options.trustAddresses === true)) {
    const ordered = new Set(kept.versions.map(({ version }) => version));
    const others = byName.get(kept.name)?.versions.filter(({ version }) => !ordered.has(version)) ?? [];
    byName.set(kept.name, { ...kept, versions: [...kept.versions, ...others] });
  }
  return { ...config, models: [...byName.values()] };
}

function portOf(text: string, flag: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65535 && text.trim() !== "") return port;
  throw new Failure("USAGE", { message: `${flag} is ${text}; a port is a whole number from 0 to 65535` });
}

/** Where a gateway logs and how, as its file says; there need be none. */
export async function loggingOf(
  options: Pick<GatewayOptions, "log" | "out"> & { readonly config?: string },
  folder: string,
): Promise<GatewayConfig> {
  const out = resolve(folder, options.out ?? ".umpire");
  const usual = existsSync(resolve(folder, "umpire.yaml")) ? "umpire.yaml" : undefined;
  const file = options.config ?? usual;
  const { readGateway } = await import("../../../app/serving/read-gateway.ts");
  const config =
    file === undefined
      ? configOf({ model: [] }, folder, out)
      : // No model is called, so none of its secrets is needed.
        (await readGateway(file, folder, out, new Proxy({}, { get: () => "" }))).config;
  if (options.log === undefined) return config;
  return { ...config, log: { ...config.log, folder: resolve(folder, options.log) } };
}

function configOf(options: Pick<GatewayOptions, "model">, folder: string, out: string): GatewayConfig {
  return {
    models: options.model.map((text) => modelOf(text, folder)),
    log: {
      folder: resolve(out, "predictions"),
      mode: "written",
      segmentBytes: 64 * 1024 * 1024,
      segmentMilliseconds: 300_000,
      redact: [],
      hash: [],
      retentionDays: null,
      rotate: true,
    },
    stateFolder: resolve(out, "gateway"),
    concurrency: 1024,
  };
}

function modeOf(text: string): LogMode {
  if (text === "durable" || text === "written" || text === "early") return text;
  throw new Failure("USAGE", { message: `--log-mode is ${text}; it is durable, written or early` });
}

function modelOf(text: string, folder: string): ModelConfig {
  const at = text.indexOf("=");
  const name = text.slice(0, at);
  const where = text.slice(at + 1);
  if (at <= 0 || where === "") {
    throw new Failure("USAGE", { message: `--model ${text} is not NAME=FILE.onnx or NAME=http://…` });
  }
  const source: ServingSource = /^\w+:\/\//.test(where)
    ? { kind: "url", url: where, trusted: true }
    : { kind: "onnx", path: resolve(folder, where) };
  return {
    name,
    task: null,
    columns: { unit: null, time: null, id: null, group: null, item: null },
    versions: [{ version: "1", source }],
    routing: plainRouting("1"),
    rules: [],
    prepare: [],
    positions: {},
    guard: usualGuard,
  };
}
