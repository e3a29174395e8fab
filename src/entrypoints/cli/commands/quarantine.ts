import { readFile, writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import type { QuarantineRun, QuarantineStore } from "../../../app/ports/quarantine-store.ts";
import type { Contract } from "../../../core/data-quality/contract.ts";
import type { MendRule } from "../../../core/data-quality/mend.ts";
import { Failure } from "../../../core/failures.ts";
import { nearest } from "../../../core/nearest.ts";
import { type CommandContext, type ExitCode, type SharedOptions, withSharedOptions } from "../context.ts";
import type { Terminal } from "../terminal.ts";

interface QuarantineOptions extends SharedOptions {
  readonly dir?: string;
  readonly reason?: string;
  readonly column?: string;
  readonly limit?: string;
  readonly csv?: string;
  readonly contract?: string;
  readonly map?: readonly string[];
  readonly multiply?: string;
  readonly divide?: string;
  readonly add?: string;
  readonly trim?: boolean;
  readonly null?: boolean;
  readonly drop?: boolean;
  readonly replace?: string;
  readonly rows?: string;
  readonly to?: string;
  readonly asIs?: boolean;
  readonly by?: string;
}

export function register(program: Command, context: CommandContext): void {
  const quarantine = program
    .command("quarantine")
    .summary("rows that were set aside: list, show, mend, release")
    .description(
      "Rows that failed a check, exactly as they stood in their files, with the reasons. Nothing is ever deleted.",
    );
  const sub = (name: string, summary: string): Command =>
    withSharedOptions(
      quarantine
        .command(name)
        .summary(summary)
        .description(summary)
        .option("--dir <dir>", "the quarantine (default OUT/quarantine)"),
    );
  sub("list", "runs, and what is wrong by reason and column over time")
    .addHelpText("after", "\nExample:\n  umpire quarantine list")
    .action(context.action<QuarantineOptions>((terminal, options) => list(terminal, options, context)));
  sub("show", "rows of a run with their reasons")
    .argument("<run>", "name of a run, or its beginning; `last` is the newest")
    .option("--reason <check>", "only rows that failed this check")
    .option("--column <name>", "only rows that failed in this column")
    .option("--limit <n>", "rows to show", "20")
    .option("--csv <file>", "write the rows as CSV for a spreadsheet; formulas are made harmless")
    .addHelpText("after", "\nExample:\n  umpire quarantine show last --reason range --column age")
    .action(
      context.action<QuarantineOptions>((terminal, options, [run = ""]) => show(terminal, options, run, context)),
    );
  sub("mend", "change rows by a rule, check them again, keep a trail")
    .argument("<run>", "name of a run, or its beginning; `last` is the newest")
    .requiredOption("--contract <file>", "what the rows must look like")
    .option("--column <name>", "the column to mend; without it, --replace works on the whole line")
    .option("--map <from=to...>", "replace a value by another")
    .option("--multiply <factor>", "convert a unit")
    .option("--divide <factor>", "convert a unit")
    .option("--add <number>", "convert a unit, after the factor")
    .option("--trim", "take blanks away at both ends")
    .option("--null", "replace by null")
    .option("--replace </pattern/with/>", "regular expression, as in sed: '/ years$//'")
    .option("--drop", "give the rows up; they stay in the quarantine")
    .option("--rows <ids>", "only these rows: 1,4,7-9")
    .option("--by <name>", "who does it, for the trail (default: the user of the system)")
    .addHelpText(
      "after",
      "\nExample:\n  umpire quarantine mend last --contract contract.yaml --column age --map thirty=30\n  umpire quarantine mend last --contract contract.yaml --column age --replace '/ years$//'",
    )
    .action(
      context.action<QuarantineOptions>((terminal, options, [run = ""]) => mend(terminal, options, run, context)),
    );
  sub("release", "write mended rows to a file, once")
    .argument("<run>", "name of a run, or its beginning; `last` is the newest")
    .requiredOption("--to <file>", "file that takes the rows; rows are appended to what is there")
    .option("--as-is", "also rows that still fail")
    .option("--contract <file>", "for a file that was refused as a whole: what it must look like")
    .option("--by <name>", "who does it, for the trail (default: the user of the system)")
    .addHelpText("after", "\nExample:\n  umpire quarantine release last --to data/mended.csv")
    .action(
      context.action<QuarantineOptions>((terminal, options, [run = ""]) => release(terminal, options, run, context)),
    );
}

function folderOf(options: QuarantineOptions, context: CommandContext): string {
  if (options.dir !== undefined) return resolve(context.workingDirectory, options.dir);
  return join(resolve(context.workingDirectory, options.out ?? ".umpire"), "quarantine");
}

async function storeOf(options: QuarantineOptions, context: CommandContext): Promise<QuarantineStore> {
  const { openQuarantine } = await import("../../../composition/check-tools.ts");
  return openQuarantine(folderOf(options, context));
}

async function list(terminal: Terminal, options: QuarantineOptions, context: CommandContext): Promise<ExitCode> {
  const store = await storeOf(options, context);
  const { complete, interrupted } = await store.runs();
  const { currentRows, diagnose } = await import("../../../app/quarantine/quarantine-state.ts");
  const { renderQuarantineList } = await import("../render/quarantine-report.ts");
  const diagnosis = await diagnose(store, complete);
  const runs = [];
  for (const run of complete) {
    const rows = run.refused ? [] : await currentRows(store, run.run);
    const states = { waiting: 0, mended: 0, released: 0, dropped: 0 };
    for (const row of rows) states[row.state]++;
    runs.push({ ...run, states });
  }
  terminal.document({ schema: "umpire.quarantine/1", runs, interrupted, diagnosis });
  terminal.print(renderQuarantineList(runs, interrupted, diagnosis, options.all ?? false));
  return 0;
}

async function findRun(store: QuarantineStore, wanted: string): Promise<QuarantineRun> {
  const { complete } = await store.runs();
  if (wanted === "last" && complete.length > 0) return complete.at(-1)!;
  const exact = complete.find((run) => run.run === wanted);
  if (exact !== undefined) return exact;
  const fitting = complete.filter((run) => run.run.startsWith(wanted));
  if (fitting.length === 1) return fitting[0]!;
  const names = complete.map((run) => run.run);
  const near = nearest(wanted, names);
  throw new Failure("USAGE", {
    message: fitting.length > 1 ? `several runs begin with "${wanted}"` : `there is no run "${wanted}"`,
    mend: [
      fitting.length > 1
        ? fitting.map((run) => run.run).join(", ")
        : near.length > 0
          ? `nearest: ${near.join(", ")}`
          : "umpire quarantine list",
    ],
  });
}

async function show(
  terminal: Terminal,
  options: QuarantineOptions,
  wanted: string,
  context: CommandContext,
): Promise<ExitCode> {
  const store = await storeOf(options, context);
  const run = await findRun(store, wanted);
  const { currentRows } = await import("../../../app/quarantine/quarantine-state.ts");
  const { renderQuarantineRun } = await import("../render/quarantine-report.ts");
  const rows = (await currentRows(store, run.run)).filter(
    (row) =>
      (options.reason === undefined || row.reasons.some((reason) => reason.check === options.reason)) &&
      (options.column === undefined || row.reasons.some((reason) => reason.column === options.column)),
  );
  const trail = (await store.trail()).filter((entry) => entry.run === run.run);
  const limit = options.all === true ? rows.length : Math.max(0, Number.parseInt(options.limit ?? "20", 10) || 20);
  if (options.csv !== undefined) {
    const { csvCell } = await import("../../../core/data-quality/printable.ts");
    const lines = rows.map((row) =>
      [
        String(row.id),
        row.state,
        String(row.line),
        row.reasons.map((reason) => `${reason.column ?? ""} ${reason.check}: ${reason.reason}`.trim()).join("; "),
        row.raw,
        row.current,
      ]
        .map(csvCell)
        .join(","),
    );
    await writeFile(
      resolve(context.workingDirectory, options.csv),
      `id,state,line,reasons,raw,current\n${lines.join("\n")}\n`,
    );
  }
  terminal.document({ schema: "umpire.quarantine-run/1", run, rows: rows.slice(0, limit), trail });
  terminal.print(renderQuarantineRun(run, rows, trail, limit, terminal.width));
  return 0;
}

async function mend(
  terminal: Terminal,
  options: QuarantineOptions,
  wanted: string,
  context: CommandContext,
): Promise<ExitCode> {
  const rules = rulesOf(options);
  const store = await storeOf(options, context);
  const run = await findRun(store, wanted);
  const contract = await contractOf(options, context);
  const { openCheckReader } = await import("../../../composition/check-tools.ts");
  const reader = await openCheckReader();
  const base = { run, column: options.column ?? null, contract, who: whoOf(options) };
  if (run.refused) {
    const { mendFile } = await import("../../../app/quarantine/mend-file.ts");
    const result = await mendFile({ ...base, rules, now: Date.now() }, store, reader);
    const { renderMendedFile } = await import("../render/quarantine-report.ts");
    const { facts: _facts, ...check } = result.check;
    terminal.document({ schema: "umpire.mend/1", run: run.run, results: [{ ...result, check }] });
    terminal.print(renderMendedFile(run, result));
    return result.check.refused || result.changed === 0 ? 1 : 0;
  }
  const { mendRows } = await import("../../../app/quarantine/mend-rows.ts");
  const results = [];
  for (const rule of rules)
    results.push(await mendRows({ ...base, rule, ids: idsOf(options.rows), now: Date.now() }, store, reader));
  const { renderMend } = await import("../render/quarantine-report.ts");
  terminal.document({ schema: "umpire.mend/1", run: run.run, results });
  terminal.print(renderMend(run, results, rules[0]!.kind === "drop"));
  return results.some((result) => result.stillFailing.length > 0) || results.every((result) => result.changed === 0)
    ? 1
    : 0;
}

async function contractOf(options: QuarantineOptions, context: CommandContext): Promise<Contract> {
  const path = options.contract;
  if (path === undefined)
    throw new Failure("USAGE", {
      message: "name the contract that the rows must keep",
      mend: ["--contract contract.yaml"],
    });
  const { readContract } = await import("../../../schemas/contract/read-contract.ts");
  const text = await readFile(resolve(context.workingDirectory, path), "utf8").catch((cause: unknown) => {
    throw new Failure("FILE_MISSING", { where: path, message: "there is no contract here that can be read", cause });
  });
  return readContract(text, path);
}

function rulesOf(options: QuarantineOptions): MendRule[] {
  const rules: MendRule[] = [];
  for (const pair of options.map ?? []) {
    const at = pair.indexOf("=");
    if (at === -1) throw new Failure("USAGE", { message: `--map takes from=to, not "${pair}"` });
    rules.push({ kind: "map", from: pair.slice(0, at), to: pair.slice(at + 1) });
  }
  if (options.multiply !== undefined || options.divide !== undefined || options.add !== undefined) {
    const multiply = numberOf("--multiply", options.multiply ?? "1") / numberOf("--divide", options.divide ?? "1");
    rules.push({ kind: "convert", multiply, add: numberOf("--add", options.add ?? "0") });
  }
  if (options.trim === true) rules.push({ kind: "trim" });
  if (options.null === true) rules.push({ kind: "null" });
  if (options.replace !== undefined) rules.push(replaceRule(options.replace));
  if (options.drop === true) rules.push({ kind: "drop" });
  if (rules.length === 0) {
    throw new Failure("USAGE", {
      message: "no rule was given",
      mend: ["one of --map from=to, --multiply, --divide, --add, --trim, --null, --replace '/pattern/with/', --drop"],
    });
  }
  const cellOnly = rules.find((rule) => rule.kind !== "replace" && rule.kind !== "drop");
  if (options.column === undefined && cellOnly !== undefined)
    throw new Failure("USAGE", { message: "name the column to mend: --column NAME" });
  return rules;
}

function numberOf(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || (option === "--divide" && value === 0))
    throw new Failure("USAGE", { message: `${option} takes a number, not "${text}"` });
  return value;
}

function replaceRule(text: string): MendRule {
  const mark = text[0] ?? "/";
  const parts = text.slice(1).split(mark);
  if (parts.length < 2 || parts.length > 3)
    throw new Failure("USAGE", { message: `--replace takes /pattern/with/, not "${text}"` });
  const flags = parts[2] === undefined || parts[2] === "" ? "g" : parts[2];
  try {
    new RegExp(parts[0]!, flags);
  } catch (cause) {
    throw new Failure("USAGE", {
      message: `--replace: ${cause instanceof Error ? cause.message : "no regular expression"}`,
      cause,
    });
  }
  return { kind: "replace", pattern: parts[0]!, flags, with: parts[1]! };
}

function idsOf(text: string | undefined): number[] | null {
  if (text === undefined) return null;
  return text.split(",").flatMap((part) => {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part.trim());
    if (match === null) throw new Failure("USAGE", { message: `--rows takes ids such as 1,4,7-9, not "${part}"` });
    const [from, to] = [Number(match[1]), Number(match[2] ?? match[1])];
    return Array.from({ length: Math.max(0, Math.min(to - from + 1, 1_000_000)) }, (_, i) => from + i);
  });
}

function whoOf(options: QuarantineOptions): string {
  if (options.by !== undefined) return options.by;
  try {
    return userInfo().username;
  } catch {
    return "unknown";
  }
}

async function release(
  terminal: Terminal,
  options: QuarantineOptions,
  wanted: string,
  context: CommandContext,
): Promise<ExitCode> {
  const store = await storeOf(options, context);
  const run = await findRun(store, wanted);
  const [{ releaseRows }, { openReleaseWriter }] = await Promise.all([
    import("../../../app/quarantine/release-rows.ts"),
    import("../../../composition/check-tools.ts"),
  ]);
  const to = resolve(context.workingDirectory, options.to!);
  let result: { released: number; waiting: number };
  if (run.refused) result = await releaseRefused(run, to, options, store, context);
  else
    result = await releaseRows(
      { run, to, asIs: options.asIs ?? false, who: whoOf(options), now: Date.now() },
      store,
      await openReleaseWriter(),
    );
  terminal.document({ schema: "umpire.release/1", run: run.run, to: options.to, ...result });
  const count = result.released.toLocaleString("en-US");
  terminal.print(
    result.released === 0
      ? ` · nothing to release: ${result.waiting.toLocaleString("en-US")} rows wait for mending`
      : ` ✓ ${count} rows released to ${options.to}; ${result.waiting.toLocaleString("en-US")} still wait`,
  );
  return result.released === 0 ? 1 : 0;
}

async function releaseRefused(
  run: QuarantineRun,
  to: string,
  options: QuarantineOptions,
  store: QuarantineStore,
  context: CommandContext,
): Promise<{ released: number; waiting: number }> {
  const [{ releaseFile }, tools, contract] = await Promise.all([
    import("../../../app/quarantine/mend-file.ts"),
    import("../../../composition/check-tools.ts"),
    contractOf(options, context),
  ]);
  const request = { run, contract, who: whoOf(options), now: Date.now(), to };
  return releaseFile(
    request,
    store,
    await tools.openCheckReader(),
    await tools.openAccepted(to, context.workingDirectory),
  );
}
