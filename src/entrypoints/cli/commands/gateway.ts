import type { Command } from "commander";
import type { GatewayConfig } from "../../../app/serving/gateway-config.ts";
import type { OpenGateway } from "../../../composition/gateway.ts";
import { Failure } from "../../../core/failures.ts";
import { type CommandContext, type ExitCode, type SharedOptions, withSharedOptions } from "../context.ts";
import { untilStopped } from "../api/process-family.ts";
import type { Terminal } from "../terminal.ts";
import { type GatewayOptions, settingsOf } from "./gateway-settings.ts";
import { serverAddress } from "../api/server-address.ts";

interface ServeOptions extends SharedOptions, GatewayOptions {
  readonly keyFile?: string;
  readonly id: string;
  readonly trustAddresses?: boolean;
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
    .option("--access-log", "one line a request on standard error")
    .option("--server <url>", "serve what this server says, and go on while it is gone")
    .option("--key-file <file>", "file with the key for the server; default the variable UMPIRE_KEY")
    .option("--id <name>", "name of this gateway, for the server", "gateway")
    .option("--trust-addresses", "let models that the server names lie at private addresses");
  withSharedOptions(command)
    .addHelpText(
      "after",
      "\nExamples:\n  umpire gateway --model ranker=model.onnx --port 8080\n  umpire gateway --server http://127.0.0.1:8181",
    )
    .action(
      context.action<ServeOptions>((terminal, options, positional) => serve(terminal, options, positional, context)),
    );
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

async function serve(
  terminal: Terminal,
  options: ServeOptions,
  positional: readonly string[],
  context: CommandContext,
): Promise<ExitCode> {
  const { runGateway } = await import("../../gateway/run-gateway.ts");
  const { KeyRing } = await import("../../gateway/key-ring.ts");
  const { productVersion } = await import("../../../composition/product.ts");
  const { createAccessLog } = await import("../../gateway/access-log.ts");
  if (options.server !== undefined) serverAddress(options.server, "--server");
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
  for (const doubt of settings.doubts) terminal.remark(doubt);
  for (const line of running.gateway.placements) terminal.remark(line);
  const cut = running.gateway.log.recovery.cutBytes;
  if (cut > 0) terminal.remark(`the last run ended in the middle of a write: ${cut} bytes of a torn line were cut`);
  const grpcAddress = running.grpcPort === null ? null : `${shownHost(host)}:${running.grpcPort}`;
  const doors = grpcAddress === null ? address : `${address} and grpc://${grpcAddress}`;
  terminal.print(`listening on ${doors}; the log is ${config.log.mode}, in ${config.log.folder}`);
  const { problem } = running.gateway.log.health;
  if (problem !== null) {
    const follows = config.log.mode === "durable" ? "no request is answered" : "answers say `logged: false`";
    terminal.remark(`the log cannot be written: ${problem}; until it can, ${follows}`);
  }
  if (terminal.json) {
    const models = [...running.gateway.models.keys()];
    process.stdout.write(`${JSON.stringify({ schema: "umpire.gateway/1", address, grpc: grpcAddress, models })}\n`);
  }
  const follower = await followServer(running.gateway, options, config, address, context, terminal);
  await untilStopped(context);
  await follower?.stop();
  await running.stop();
  return 0;
}

/** Follows the server of `--server`; null where there is none. */
async function followServer(
  gateway: OpenGateway,
  options: ServeOptions,
  config: GatewayConfig,
  address: string,
  context: CommandContext,
  terminal: Terminal,
): Promise<{ stop(): Promise<void> } | null> {
  if (options.server === undefined) return null;
  const { follow } = await import("../../../composition/follow-server.ts");
  const { readKey } = await import("../api/api-client.ts");
  let last = "";
  return follow(gateway, {
    server: serverAddress(options.server, "--server"),
    key: await readKey(options.keyFile, context.workingDirectory),
    id: options.id,
    stateFolder: config.stateFolder,
    trustAddresses: options.trustAddresses === true,
    address,
    onProblem: (problem) => {
      if (problem !== last) terminal.remark(problem);
      last = problem;
    },
  });
}

function shownHost(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}
