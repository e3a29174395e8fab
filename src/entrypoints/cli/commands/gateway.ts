import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import type { GatewayConfig, ModelConfig } from "../../../app/serving/gateway-config.ts";
import type { GatewaySettings } from "../../../app/serving/read-gateway.ts";
import { usualGuard } from "../../../app/serving/guard.ts";
import type { LogMode } from "../../../app/ports/prediction-log.ts";
import type { ServingSource } from "../../../app/ports/serving-runtime.ts";
import { Failure } from "../../../core/failures.ts";
import { plainRouting } from "../../../core/serving/routing-state.ts";
import { type CommandContext, type ExitCode, type SharedOptions, withSharedOptions } from "../context.ts";
import type { Terminal } from "../terminal.ts";

interface GatewayOptions extends SharedOptions {
  readonly model: readonly string[];
  readonly port?: string;
  readonly grpcPort?: string;
  readonly host?: string;
  readonly log?: string;
  readonly logMode?: string;
  readonly accessLog?: boolean;
}

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command("gateway")
    .argument("[file]", "umpire.yaml with a gateway section; default umpire.yaml where there is one")
    .summary("serve models: answer, route, shadow, fall back, log")
    .description("Serves models to whoever asks: Open Inference Protocol, records, MLflow's forms.")
    .option("--model <name=where>", "NAME=FILE.onnx or NAME=http://…; may be given several times", collect, [])
    .option("--port <n>", "port to listen on; default 8080, 0 takes a free one")
    .option("--grpc-port <n>", "port of the gRPC door; without it there is none, 0 takes a free one")
    .option("--host <address>", "address to listen on; default 127.0.0.1")
    .option("--log <dir>", "folder of the prediction log; default in the folder of --out")
    .option("--log-mode <mode>", "durable, written (default) or early")
    .option("--access-log", "one line a request on standard error");
  withSharedOptions(command)
    .addHelpText("after", "\nExample:\n  umpire gateway --model ranker=model.onnx --port 8080")
    .action(
      context.action<GatewayOptions>((terminal, options, positional) => serve(terminal, options, positional, context)),
    );
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

async function serve(
  terminal: Terminal,
  options: GatewayOptions,
  positional: readonly string[],
  context: CommandContext,
): Promise<ExitCode> {
  const { runGateway } = await import("../../gateway/run-gateway.ts");
  const { KeyRing } = await import("../../gateway/key-ring.ts");
  const { productVersion } = await import("../../../composition/product.ts");
  const { createAccessLog } = await import("../../gateway/access-log.ts");
  const settings = await settingsOf(options, positional, context.workingDirectory);
  const { config, host, limits } = settings;
  const keys = settings.keys.length === 0 ? null : new KeyRing(settings.keys);
  if (keys === null && !isLoopback(host)) {
    throw new Failure("USAGE", {
      message: `${host} can be reached from other machines, and no keys are declared`,
      mend: ["declare gateway.keys (name, role, sha256 of the key) in the file", "or listen on 127.0.0.1"],
    });
  }
  const running = await runGateway({
    config,
    host,
    port: settings.port,
    grpcPort: settings.grpcPort,
    limits,
    keys,
    modelsFolder: settings.modelsFolder,
    accessLog: settings.accessLog ? createAccessLog(process.stderr, Date.now) : null,
    version: productVersion(),
    onBug: (error) =>
      process.stderr.write(`umpire: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`),
  });
  const address = `http://${shownHost(host)}:${running.port}`;
  for (const line of running.gateway.placements) terminal.remark(line);
  const cut = running.gateway.log.recovery.cutBytes;
  if (cut > 0) terminal.remark(`the last run ended in the middle of a write: ${cut} bytes of a torn line were cut`);
  const grpcAddress = running.grpcPort === null ? null : `${shownHost(host)}:${running.grpcPort}`;
  const doors = grpcAddress === null ? address : `${address} and grpc://${grpcAddress}`;
  terminal.print(`listening on ${doors}; the log is ${config.log.mode}, in ${config.log.folder}`);
  if (terminal.json) {
    const models = [...running.gateway.models.keys()];
    process.stdout.write(`${JSON.stringify({ schema: "umpire.gateway/1", address, grpc: grpcAddress, models })}\n`);
  }
  await context.untilInterrupted();
  await running.stop();
  return 0;
}

function shownHost(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}

/** The file, with the flags over it; or the flags alone where models are named there. */
async function settingsOf(
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
  const [file = existsSync(resolve(folder, "umpire.yaml")) && options.model.length === 0 ? "umpire.yaml" : undefined] =
    positional;
  if (file !== undefined) {
    const { readGateway } = await import("../../../app/serving/read-gateway.ts");
    const settings = await readGateway(file, folder, out, process.env);
    const named = options.model.map((text) => modelOf(text, folder));
    const config = {
      ...settings.config,
      models: [...settings.config.models, ...named],
      log: { ...settings.config.log, ...log },
    };
    return { ...settings, ...flags, config };
  }
  const config = configOf(options, folder, out);
  return {
    config: { ...config, log: { ...config.log, ...log } },
    host: "127.0.0.1",
    port: 8080,
    grpcPort: null,
    limits: usualLimits,
    keys: [],
    accessLog: false,
    modelsFolder: null,
    ...flags,
  };
}

function portOf(text: string, flag: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65535 && text.trim() !== "") return port;
  throw new Failure("USAGE", { message: `${flag} is ${text}; a port is a whole number from 0 to 65535` });
}

function configOf(options: GatewayOptions, folder: string, out: string): GatewayConfig {
  if (options.model.length === 0) {
    throw new Failure("USAGE", {
      message: "nothing to serve",
      mend: ["umpire gateway --model NAME=FILE.onnx", "umpire gateway --model NAME=http://127.0.0.1:5000/predict"],
    });
  }
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
  const source: ServingSource = /^https?:\/\//i.test(where)
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
