import type { Command } from "commander";
import { createTerminal, type Terminal } from "./terminal.ts";

/** 0 yes · 1 the answer is no · 2 could not do the job · 3 not enough data · 4 not evaluated · 70 a bug of ours. */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 70;

/** What every command gets: where the user stands, and the way to end with an answer. */
export interface CommandContext {
  /** Absolute folder that relative paths of the command line start from (also through `npm run`). */
  readonly workingDirectory: string;
  /** Aborted on the first Ctrl-C. */
  readonly signal: AbortSignal;
  /**
   * For commands that run until they are stopped: waits for the first Ctrl-C or SIGTERM, and keeps the process from being
   * ended before the command has put its work away.
   */
  untilInterrupted(): Promise<void>;
  /**
   * Wraps a command's action: makes its terminal from the shared options, turns its answer into the exit code.
   * The command returns; it never calls process.exit.
   */
  action<Options extends SharedOptions>(
    perform: (terminal: Terminal, options: Options, positional: readonly string[]) => Promise<ExitCode>,
  ): (...commanderArguments: unknown[]) => Promise<void>;
}

/** Options that every command takes. */
export interface SharedOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly out?: string;
  readonly all?: boolean;
}

/** Adds `--json --out --all --quiet --verbose` to a command, in this order at the end of its help. */
export function withSharedOptions(command: Command): Command {
  return command
    .option("--json", "one JSON document on standard output, everything else on standard error")
    .option("--out <dir>", "folder for reports and records", ".umpire")
    .option("--all", "show everything, not only the most important rows")
    .option("--quiet", "no progress, no remarks")
    .option("--verbose", "show more, with stack traces of errors");
}

export function createContext(
  workingDirectory: string,
  signal: AbortSignal,
  untilInterrupted: () => Promise<void>,
  answer: (code: ExitCode) => void,
): CommandContext {
  return {
    workingDirectory,
    signal,
    untilInterrupted,
    action:
      <Options extends SharedOptions>(
        perform: (terminal: Terminal, options: Options, positional: readonly string[]) => Promise<ExitCode>,
      ) =>
      async (...commanderArguments: unknown[]) => {
        const command = commanderArguments.at(-1) as Command;
        const options = command.optsWithGlobals<Options>();
        answer(await perform(createTerminal(options), options, command.args));
      },
  };
}
