import { writeSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import { Failure } from "../../core/failures.ts";
import { nearest } from "../../core/nearest.ts";
import { commands } from "./commands/index.ts";
import { createContext, type ExitCode } from "./context.ts";
import { hideCredentials } from "../../core/hide-credentials.ts";
import { describeError } from "./terminal.ts";
import { workingDirectory } from "./working-directory.ts";

/**
 * Runs the command line. Only the module of the command that is called is loaded, so that a start stays fast.
 * Sets `process.exitCode`; ends the process itself only on a second Ctrl-C or a closed pipe.
 */
export async function run(args: readonly string[]): Promise<void> {
  const verbose = args.includes("--verbose");
  process.stdout.on("error", endQuietlyOnClosedPipe);
  process.stderr.on("error", endQuietlyOnClosedPipe);
  const interrupt = new AbortController();
  const untilInterrupted = listenForInterrupts(interrupt);
  try {
    process.exitCode = await dispatch(args, interrupt.signal, untilInterrupted);
  } catch (error) {
    process.exitCode = await reportError(error, args, verbose);
  }
}

async function dispatch(
  args: readonly string[],
  signal: AbortSignal,
  untilInterrupted: () => Promise<void>,
): Promise<ExitCode> {
  const { Command, CommanderError } = await import("commander");
  const program = new Command("umpire");
  program
    .description("Judges a challenger model slice by slice, releases it in stages, watches it.")
    .helpOption("-h, --help", "show help")
    .helpCommand("help [command]", "show help of a command")
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  let code: ExitCode = 0;
  const context = createContext(workingDirectory(process.env, currentFolder()), signal, untilInterrupted, (answer) => {
    code = answer;
  });
  const wanted = args.find((argument) => !argument.startsWith("-"));
  const name = wanted === "help" ? args[args.indexOf("help") + 1] : wanted;
  for (const entry of commands) {
    if (entry.name === name) (await entry.load()).register(program, context);
    else program.command(entry.name).summary(entry.summary).description(entry.summary).allowUnknownOption();
  }
  if (args.length === 0) {
    process.stdout.write(program.helpInformation());
    return 0;
  }
  try {
    await program.parseAsync([...args], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    throw usageFailure(program, error.code, error.message, name);
  }
  return code;
}

/** @throws Failure USAGE where somebody removed it */
function currentFolder(): string {
  try {
    return process.cwd();
  } catch (cause) {
    throw new Failure("USAGE", {
      message: "the folder that this was started in is gone",
      mend: ["change to a folder that is there, then do it again"],
      cause,
    });
  }
}

function usageFailure(program: Command, code: string, raw: string, name: string | undefined): Failure {
  const text = raw.replace(/^error: /, "");
  const names = commands.map((entry) => entry.name);
  if (name !== undefined && !names.includes(name)) {
    const close = nearest(name, names);
    return new Failure("USAGE", {
      message: `there is no command "${name}"`,
      mend: [close.length > 0 ? `nearest: ${close.join(", ")}` : `commands: ${names.join(", ")}`],
    });
  }
  const help = `see ${name === undefined ? "umpire --help" : `umpire ${name} --help`}`;
  if (code === "commander.help") {
    const verbs = program.commands.find((one) => one.name() === name)?.commands.map((one) => one.name()) ?? [];
    const known = verbs.filter((verb) => verb !== "help").join(", ");
    return new Failure("USAGE", { message: `umpire ${name ?? ""} what?`, mend: [`one of: ${known}`, help] });
  }
  const [, message = text, meant] = /^(.*?)\n\(Did you mean (?:one of )?(.*)\?\)$/s.exec(text) ?? [];
  return new Failure("USAGE", { message, mend: meant === undefined ? [help] : [`nearest: ${meant}`, help] });
}

async function reportError(error: unknown, args: readonly string[], verbose: boolean): Promise<ExitCode> {
  process.stderr.write(`${describeError(error, verbose)}\n`);
  if (args.includes("--json")) process.stdout.write(`${JSON.stringify(errorDocument(error), null, 2)}\n`);
  if (error instanceof Failure) return 2;
  await writeBugReport(error, args);
  return 70;
}

function errorDocument(error: unknown): unknown {
  if (error instanceof Failure) {
    return {
      schema: "umpire.error/1",
      code: error.code,
      where: error.where ?? null,
      message: error.message,
      mend: error.mend,
      others: error.others.map(({ where, message, mend }) => ({ where: where ?? null, message, mend: mend ?? [] })),
    };
  }
  return { schema: "umpire.error/1", code: "BUG", where: null, message: hideCredentials(String(error)), mend: [] };
}

/** A bug of ours leaves a file to attach: what was asked, on what, and the stack; no data. */
async function writeBugReport(error: unknown, args: readonly string[]): Promise<void> {
  const { writeFileSync } = await import("node:fs");
  const path = resolve(workingDirectory(process.env, currentFolder()), "umpire-bug.txt");
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const machine = `node ${process.versions.node} ${process.platform} ${process.arch}`;
  const text = hideCredentials(`umpire ${args.join(" ")}\n${machine}\n\n${stack}\n`);
  try {
    writeFileSync(path, text);
    process.stderr.write(`        please attach ${path} to a report; nothing of yours was changed\n`);
  } catch {
    process.stderr.write(`${text}\n`);
  }
}

/**
 * The first Ctrl-C asks the work to stop and ends the process within a second; files are written atomically.
 * @returns what a command that drains calls: waits for the signal, and lifts the limit of a second
 */
function listenForInterrupts(interrupt: AbortController): () => Promise<void> {
  let drains = false;
  const endNow = (signal: NodeJS.Signals): void => {
    process.removeListener("SIGINT", onSignal);
    process.removeListener("SIGTERM", onSignal);
    // Not `process.exit`: it waits for the thread pool, where a query of the engine may have long to go.
    process.kill(process.pid, signal);
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    if (interrupt.signal.aborted) return endNow(signal);
    interrupt.abort(new Failure("INTERRUPTED", { message: "interrupted; nothing was written" }));
    if (drains) return;
    const late = setTimeout(() => {
      const told = process.exitCode !== undefined;
      if (!told) process.stderr.write("umpire: interrupted; files are written whole or not at all\n");
      endNow(signal);
    }, 700);
    late.unref();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return () => {
    drains = true;
    if (interrupt.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => interrupt.signal.addEventListener("abort", () => resolve(), { once: true }));
  };
}

function endQuietlyOnClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code === "EPIPE") process.exit(process.exitCode ?? 0);
  // A full disk behind `>`: nothing more can be said there, and the answer did not arrive.
  try {
    writeSync(2, `umpire: the output could not be written (${error.code ?? error.message})\n`);
  } finally {
    process.exit(2);
  }
}
