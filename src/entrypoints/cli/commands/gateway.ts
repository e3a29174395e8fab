import { resolve } from "node:path";
import type { Command } from "commander";
import type { GatewayConfig, ModelConfig } from "../../../app/serving/gateway-config.ts";
import { usualGuard } from "../../../app/serving/guard.ts";
import type { LogMode } from "../../../app/ports/prediction-log.ts";
import type { ServingSource } from "../../../app/ports/serving-runtime.ts";
import { Failure } from "../../../core/failures.ts";
import { plainRouting } from "../../../core/serving/routing-state.ts";
import { type CommandContext, type ExitCode, type SharedOptions, withSharedOptions } from "../context.ts";
import type { Terminal } from "../terminal.ts";

interface GatewayOptions extends SharedOptions {
  readonly model: readonly string[];
  readonly port: string;
  readonly host: string;
  readonly log?: string;
  readonly logMode: string;
  readonly accessLog?: boolean;
}

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command("gateway")
    .summary("serve models: answer, route, shadow, fall back, log")
    .description("Serves models to whoever asks: Open Inference Protocol, records, MLflow's forms.")
    .option("--model <name=where>", "NAME=FILE.onnx or NAME=http://…; may be given several times", collect, [])
    .option("--port <n>", "port to listen on; 0 takes a free one", "8080")
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option("--log <dir>", "folder of the prediction log; default in the folder of --out")
    .option("--log-mode <mode>", "durable, written or early", "written")
    .option("--access-log", "one line a request on standard error");
  withSharedOptions(command)
    .addHelpText("after", "\nExample:\n  umpire gateway --model ranker=model.onnx --port 8080")
    .action(context.action<GatewayOptions>((terminal, options) => serve(terminal, options, context)));
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

async function serve(terminal: Terminal, options: GatewayOptions, context: CommandContext): Promise<ExitCode> {
  const { runGateway } = await import("../../gateway/run-gateway.ts");
  const { productVersion } = await import("../../../composition/product.ts");
  const { usualLimits } = await import("../../gateway/limits.ts");
  const { createAccessLog } = await import("../../gateway/access-log.ts");
  const config = configOf(options, context.workingDirectory);
  const running = await runGateway({
    config,
    host: options.host,
    port: portOf(options.port),
    limits: usualLimits,
    keys: null,
    accessLog: options.accessLog === true ? createAccessLog(process.stderr, Date.now) : null,
    version: productVersion(),
    onBug: (error) =>
      process.stderr.write(`umpire: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`),
  });
  const address = `http://${options.host}:${running.port}`;
  for (const line of running.gateway.placements) terminal.remark(line);
  const cut = running.gateway.log.recovery.cutBytes;
  if (cut > 0) terminal.remark(`the last run ended in the middle of a write: ${cut} bytes of a torn line were cut`);
  terminal.print(`listening on ${address}; the log is ${config.log.mode}, in ${config.log.folder}`);
  if (terminal.json)
    process.stdout.write(
      `${JSON.stringify({ schema: "umpire.gateway/1", address, models: [...running.gateway.models.keys()] })}\n`,
    );
  await context.untilInterrupted();
  await running.stop();
  return 0;
}

function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65535 && text.trim() !== "") return port;
  throw new Failure("USAGE", { message: `--port is ${text}; a port is a whole number from 0 to 65535` });
}

function configOf(options: GatewayOptions, folder: string): GatewayConfig {
  if (options.model.length === 0) {
    throw new Failure("USAGE", {
      message: "nothing to serve",
      mend: ["umpire gateway --model NAME=FILE.onnx", "umpire gateway --model NAME=http://127.0.0.1:5000/predict"],
    });
  }
  const out = resolve(folder, options.out ?? ".umpire");
  return {
    models: options.model.map((text) => modelOf(text, folder)),
    log: {
      folder: options.log === undefined ? resolve(out, "predictions") : resolve(folder, options.log),
      mode: modeOf(options.logMode),
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
