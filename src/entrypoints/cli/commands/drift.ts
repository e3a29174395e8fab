import { join, resolve } from "node:path";
import type { Command } from "commander";
import type { DriftRequest } from "../../../app/drift/drift-files.ts";
import type { DriftDocument } from "../../../core/drift/drift-document.ts";
import { periodNames, seasonNames } from "../../../core/drift/periods.ts";
import { Failure } from "../../../core/failures.ts";
import { nearest } from "../../../core/nearest.ts";
import { type CommandContext, type ExitCode, type SharedOptions, withSharedOptions } from "../context.ts";
import { phasedProgress, type Terminal } from "../terminal.ts";

export interface DriftOptions extends SharedOptions {
  readonly by?: string;
  readonly time?: string;
  readonly alpha?: string;
  readonly floor: string;
  readonly season: string;
  readonly columns?: string;
  readonly exclude?: string;
  readonly text?: string;
  readonly policy?: string;
  readonly expected?: string;
  readonly importance?: string;
  readonly seed: string;
  readonly stream?: string;
  readonly last?: string;
  readonly volume: boolean;
}

const exitCodes: Readonly<Record<DriftDocument["outcome"], ExitCode>> = {
  "no-drift": 0,
  drift: 1,
  "not-enough-data": 3,
};

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command("drift")
    .argument("<reference>", "file, glob, saved profile or folder of loads; several files joined by commas")
    .argument("<current>", "the same")
    .option("--by <period>", `judge each ${periodNames.join(", ")} of the current rows`)
    .option("--time <column>", "column that orders the rows in time (default: found by type and name)")
    .option("--last <rows>", "only the last rows of the current side; of loads or a profile with periods a span: 7d")
    .option("--alpha <share>", "chance of any false alarm, per comparison or period (default 0.05)")
    .option("--floor <effect>", "effect (0 to 1) below which nothing is called drift", "0.05")
    .option("--season <name>", `place in the season that is compared: auto, ${seasonNames.join(", ")}`, "auto")
    .option("--columns <names>", "only these columns, joined by commas")
    .option("--exclude <names>", "all but these columns")
    .option("--text <names>", "columns to be compared as free text")
    .option("--policy <file>", "take announced events and importance from the monitors section of this umpire.yaml")
    .option("--expected <file>", "YAML list of announced events: name, from, to, columns")
    .option("--importance <file>", "YAML or JSON map of column to importance for the model")
    .option(
      "--stream <rows>",
      "also watch means and missing values row by row, with at most one false alarm in so many rows",
    )
    .option("--no-volume", "do not judge how many rows a period has: the reference is a sample of another size")
    .option("--seed <number>", "seed of the classifiers", "1")
    .summary("what moved in the data, how much, how surely")
    .description(
      "Compares current rows with reference rows, column by column and all together. Drift needs an effect above a floor and surprise: more than chance, or than the reference's own periods, explain.\n\nExit codes: 0 no drift, 1 drift, 2 could not compare, 3 not enough data.",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  umpire drift train.parquet last-week.parquet\n  umpire drift train.parquet production.parquet --by day --json > drift.json",
    );
  withSharedOptions(command).action(
    context.action<DriftOptions>(async (terminal, options, [reference = "", current = ""]) => {
      const drift = await compareForCommand(reference, current, terminal, options, context);
      await publish(drift, terminal, options, context.workingDirectory);
      return exitCodes[drift.outcome];
    }),
  );
}

async function compareForCommand(
  reference: string,
  current: string,
  terminal: Terminal,
  options: DriftOptions,
  context: CommandContext,
): Promise<DriftDocument> {
  const [{ driftFiles }, { driftReader }] = await Promise.all([
    import("../../../app/drift/drift-files.ts"),
    import("../../../composition/drift-tools.ts"),
  ]);
  const request = await driftRequest(reference, current, options, context.workingDirectory);
  const reader = await driftReader();
  const progress = phasedProgress(terminal);
  try {
    const tools = {
      reader,
      signal: context.signal,
      progress: (what: string, done: number, total: number | null) =>
        progress.update(`reading the ${what} rows`, done, total),
    };
    return withShownPaths(await driftFiles(request, tools), reference, current);
  } finally {
    progress.done();
    await reader.close();
  }
}

/** The document names files as the user typed them. */
function withShownPaths(drift: DriftDocument, reference: string, current: string): DriftDocument {
  return {
    ...drift,
    reference: { ...drift.reference, files: listOf(reference) },
    current: { ...drift.current, files: listOf(current) },
  };
}

export async function driftRequest(
  reference: string,
  current: string,
  options: DriftOptions,
  workingDirectory: string,
): Promise<DriftRequest> {
  const paths = (text: string): string[] => listOf(text).map((path) => resolve(workingDirectory, path));
  const { readExpectedEvents, readImportance } = await import("../../../schemas/drift-settings.ts");
  const { readFile } = await import("node:fs/promises");
  const load = async (path: string): Promise<string> => {
    try {
      return await readFile(resolve(workingDirectory, path), "utf8");
    } catch {
      throw new Failure("FILE_MISSING", { where: path, message: "there is no such file" });
    }
  };
  const monitors = options.policy === undefined ? null : await monitorsOf(options.policy, workingDirectory);
  return {
    reference: paths(reference),
    current: paths(current),
    by: options.by === undefined ? null : oneOf(options.by, periodNames, "--by"),
    time: options.time ?? null,
    alpha: options.alpha === undefined ? null : numberBetween(options.alpha, 0.0001, 0.5, "--alpha"),
    floor: numberBetween(options.floor, 0, 1, "--floor"),
    season: oneOf(options.season, ["auto", ...seasonNames] as const, "--season"),
    columns: listOf(options.columns ?? ""),
    exclude: listOf(options.exclude ?? ""),
    text: listOf(options.text ?? ""),
    events:
      options.expected === undefined
        ? (monitors?.expected ?? [])
        : readExpectedEvents(await load(options.expected), options.expected),
    importance:
      options.importance === undefined
        ? (monitors?.importance ?? new Map<string, number>())
        : readImportance(await load(options.importance), options.importance),
    volume: options.volume,
    streamRows: options.stream === undefined ? null : numberBetween(options.stream, 100, 1e12, "--stream"),
    last: options.last === undefined ? null : lastOf(options.last),
    seed: numberBetween(options.seed, 0, Number.MAX_SAFE_INTEGER, "--seed"),
  };
}

/** What the policy says of its monitors. */
async function monitorsOf(policy: string, workingDirectory: string) {
  const [{ readPolicy }, { parseMonitors }] = await Promise.all([
    import("../../../app/judge/read-policy.ts"),
    import("../../../schemas/monitors/parse-monitors.ts"),
  ]);
  return parseMonitors((await readPolicy(policy, workingDirectory)).parsed);
}

/** `1000` rows, or a span of time such as `7d`. */
function lastOf(text: string): DriftRequest["last"] {
  const span = /^(\d+)([hdw])$/.exec(text.trim());
  if (span === null) return { rows: numberBetween(text, 1, 1e12, "--last") };
  const hours = { h: 1, d: 24, w: 168 }[span[2] as "h" | "d" | "w"];
  return { milliseconds: Number(span[1]) * hours * 3_600_000 };
}

export function listOf(text: string): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

export function oneOf<Name extends string>(text: string, names: readonly Name[], option: string): Name {
  const found = names.find((name) => name === text);
  if (found !== undefined) return found;
  const close = nearest(text, names);
  throw new Failure("USAGE", {
    message: `${option} ${text}: there is no such value`,
    mend: [close.length > 0 ? `nearest: ${close.join(", ")}` : `values: ${names.join(", ")}`],
  });
}

export function numberBetween(text: string, low: number, high: number, option: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= low && value <= high) return value;
  throw new Failure("USAGE", { message: `${option} ${text}: a number from ${low} to ${high} is wanted` });
}

async function publish(
  drift: DriftDocument,
  terminal: Terminal,
  options: DriftOptions,
  workingDirectory: string,
): Promise<void> {
  const [{ createOutputFolder }, { renderDriftHtml }, { renderDriftJUnit }, { renderDriftTerminal }] =
    await Promise.all([
      import("../../../composition/output-folder.ts"),
      import("../../../core/drift/report/drift-html.ts"),
      import("../../../core/drift/report/drift-junit.ts"),
      import("../../../core/drift/report/drift-terminal.ts"),
    ]);
  const out = join(options.out ?? ".umpire", "drift");
  await createOutputFolder(resolve(workingDirectory, out)).write(
    new Map([
      ["drift.json", `${JSON.stringify(drift, null, 2)}\n`],
      ["report.html", renderDriftHtml(drift)],
      ["junit.xml", renderDriftJUnit(drift)],
    ]),
  );
  terminal.document(drift);
  const { pass: good, fail: bad, quiet, strong } = terminal.paint;
  const record = [join(out, "drift.json"), join(out, "report.html")];
  terminal.print(
    renderDriftTerminal(drift, { width: terminal.width, all: options.all === true, good, bad, quiet, strong, record }),
  );
}
