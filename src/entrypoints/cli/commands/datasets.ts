import { resolve } from "node:path";
import type { Command } from "commander";
import { Failure } from "../../../core/failures.ts";
import { openApi } from "../api/api-client.ts";
import { type ServerCommandOptions, withServerOptions } from "../api/server-options.ts";
import { printRows, timeWords } from "../api/table.ts";
import type { CommandContext, ExitCode } from "../context.ts";
import type { Terminal } from "../terminal.ts";

interface DatasetOptions extends ServerCommandOptions {
  readonly fingerprint?: string;
  readonly source: readonly string[];
  readonly transformation?: string;
  readonly location?: string;
  readonly from?: string;
  readonly to?: string;
}

interface DatasetView {
  readonly name: string;
  readonly fingerprint: string;
  readonly rows: number | null;
  readonly period: { readonly from: string; readonly to: string } | null;
  readonly created: string;
  readonly by: string;
}

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command("datasets")
    .summary("data sets by the fingerprint of their contents: register, list")
    .description("Data sets as they were, each version known by the fingerprint of its files, on a running server.")
    .addHelpText("after", "\nExamples:\n  umpire datasets register clicks may.parquet\n  umpire datasets list clicks");
  const list = command.command("list").argument("[name]", "only those of this name").description("Prints data sets.");
  withServerOptions(list)
    .addHelpText("after", "\nExample:\n  umpire datasets list clicks")
    .action(context.action<DatasetOptions>((terminal, options, [name]) => print(terminal, options, name, context)));
  const add = command
    .command("register")
    .argument("<name>", "name of the data set")
    .argument("[file...]", "its files or globs: the fingerprint is taken from them, as a verdict takes it")
    .option("--fingerprint <text>", "of data that are not here, instead of files")
    .option("--source <name@fingerprint>", "what it was made from; may be given several times", collect, [])
    .option("--transformation <text>", "what made it: a script at a commit, a query")
    .option("--from <time>", "start of the period that it covers")
    .option("--to <time>", "end of that period")
    .option("--location <text>", "where it lies; default the files")
    .summary("register a data set as it is now")
    .description("Registers a data set as it is now and prints its fingerprint. The same again changes nothing.");
  withServerOptions(add)
    .addHelpText(
      "after",
      '\nExamples:\n  umpire datasets register clicks "data/may/*.parquet"\n  umpire datasets register features data/features.parquet --source clicks@1f3a --transformation "prepare.sql at 5d1c2f0"',
    )
    .action(context.action<DatasetOptions>((terminal, options, names) => make(terminal, options, names, context)));
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

async function print(
  terminal: Terminal,
  options: DatasetOptions,
  name: string | undefined,
  context: CommandContext,
): Promise<ExitCode> {
  const api = await openApi(options, context.workingDirectory);
  const path = name === undefined ? "/v1/datasets" : `/v1/datasets?name=${encodeURIComponent(name)}`;
  const datasets = await api.all<DatasetView>(path, "datasets");
  terminal.document({ schema: "umpire.datasets/1", datasets });
  if (datasets.length === 0) terminal.print(" no data set yet: umpire datasets register NAME FILE…");
  const rows = datasets.map(({ name: of, fingerprint, rows: count, period, created, by }) => [
    `${of}@${options.all === true ? fingerprint : fingerprint.slice(0, 16)}`,
    count === null ? "" : `${count.toLocaleString("en-US")} rows`,
    period === null ? "" : `${period.from} – ${period.to}`,
    timeWords(created),
    by,
  ]);
  printRows(terminal, rows);
  return 0;
}

async function make(
  terminal: Terminal,
  options: DatasetOptions,
  [name = "", ...files]: readonly string[],
  context: CommandContext,
): Promise<ExitCode> {
  const { fingerprint, rows } = await contentOf(files, options, context);
  const { from, to, transformation = null, location } = options;
  if ((from === undefined) !== (to === undefined)) {
    throw new Failure("USAGE", { message: "--from and --to belong together; one is missing" });
  }
  const body = {
    fingerprint,
    rows,
    period: from === undefined || to === undefined ? null : { from, to },
    location: location ?? (files.length === 0 ? null : files.join(", ")),
    sources: options.source.map(sourceOf),
    transformation,
  };
  const api = await openApi(options, context.workingDirectory);
  const made = await api.send<DatasetView>("POST", `/v1/datasets/${encodeURIComponent(name)}/versions`, body);
  terminal.document({ schema: "umpire.dataset/1", ...made });
  terminal.print(` ✓ ${name}@${made.fingerprint}`);
  return 0;
}

async function contentOf(
  files: readonly string[],
  { fingerprint }: DatasetOptions,
  context: CommandContext,
): Promise<{ readonly fingerprint: string; readonly rows: number | null }> {
  if ((files.length === 0) === (fingerprint === undefined)) {
    throw new Failure("USAGE", {
      message: files.length === 0 ? "which data?" : "files or --fingerprint, not both",
      mend: ["umpire datasets register NAME FILE…", "or --fingerprint TEXT for data that are not on this machine"],
    });
  }
  if (fingerprint !== undefined) return { fingerprint, rows: null };
  const { openTableReader } = await import("../../../composition/table-reader.ts");
  const reader = await openTableReader();
  try {
    const source = await reader.open(files.map((file) => resolve(context.workingDirectory, file)));
    return { fingerprint: await source.fingerprint(), rows: await source.countRows() };
  } finally {
    await reader.close();
  }
}

function sourceOf(text: string): { readonly name: string; readonly fingerprint: string } {
  const at = text.indexOf("@");
  if (at <= 0 || at === text.length - 1) {
    throw new Failure("USAGE", {
      message: `--source ${text} is not NAME@FINGERPRINT; umpire datasets list prints them`,
    });
  }
  return { name: text.slice(0, at), fingerprint: text.slice(at + 1) };
}
