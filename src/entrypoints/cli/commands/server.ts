import { join, resolve } from "node:path";
import type { Command } from "commander";
import { type CommandContext, type ExitCode, type SharedOptions, withSharedOptions } from "../context.ts";
import { untilStopped } from "../api/process-family.ts";
import { Failure } from "../../../core/failures.ts";
import { portOf } from "../api/port.ts";
import { describeError, type Terminal } from "../terminal.ts";

export interface ServerOptions extends SharedOptions {
  readonly state?: string;
  readonly port: string;
  readonly host: string;
  readonly log?: boolean;
  readonly policy?: readonly string[];
  readonly predictions?: string;
}

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command("server")
    .summary("the control plane: registry, releases, schedules, audit")
    .description(
      "Runs the control plane: HTTP interface, registry, rollouts, schedules, audit trail. State is in one folder, which one server has at a time.\n\nExit codes: 0 stopped, 2 could not start.",
    )
    .option("--state <dir>", "folder of the state; default server in the folder of --out")
    .option("--predictions <dir>", "folder of the gateways' prediction log; default predictions in the folder of --out")
    .option("--port <n>", "port to listen on; 0 takes a free one", "8181")
    .option("--host <address>", "address to listen on; others than loopback take a key", "127.0.0.1")
    .option("--policy <file...>", "policies of models to watch: monitors, alerts, retrain")
    .option("--log", "one line of JSON a request on standard error");
  withSharedOptions(command)
    .addHelpText("after", "\nExamples:\n  umpire server\n  umpire server --state /var/lib/umpire --host 0.0.0.0")
    .action(context.action<ServerOptions>((terminal, options) => serve(terminal, options, context)));
}

async function serve(terminal: Terminal, options: ServerOptions, context: CommandContext): Promise<ExitCode> {
  const { runServer } = await import("../../api/run-server.ts");
  const folder = stateFolder(options, context);
  const predictions = resolve(
    context.workingDirectory,
    options.predictions ?? join(options.out ?? ".umpire", "predictions"),
  );
  const server = await runServer({
    folder,
    host: options.host,
    port: portOf(options.port),
    log: options.log === true ? process.stderr : null,
    predictions,
    tell: (text) => terminal.remark(text),
    onBug: printBug,
    watch: {
      policies: options.policy ?? [],
      log: predictions,
      workingDirectory: context.workingDirectory,
    },
  });
  terminal.print(`listening on ${server.address}; the state is in ${folder}`);
  if (server.open) terminal.remark("no keys yet: whoever is on this machine is an admin; umpire keys create ends that");
  terminal.document({ schema: "umpire.server/1", address: server.address, state: folder, keys: !server.open });
  await untilStopped(context);
  await server.stop();
  return 0;
}

/** The folder of the state that `--state` or `--out` names. */
export function stateFolder(options: Pick<ServerOptions, "state" | "out">, context: CommandContext): string {
  if (options.state !== undefined) return resolve(context.workingDirectory, options.state);
  return resolve(context.workingDirectory, options.out ?? ".umpire", "server");
}

/** A failure in a sentence, a bug with its stack; the same again at most once a minute. */
export function printBug(error: unknown): void {
  const text = error instanceof Failure ? describeError(error, false) : `umpire: ${stackOf(error)}`;
  const now = performance.now();
  if (text === said.text && now - said.at < 60_000) return;
  said = { text, at: now };
  process.stderr.write(`${text}\n`);
}

let said = { text: "", at: 0 };

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
