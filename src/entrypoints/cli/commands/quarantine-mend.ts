import type { MendRule } from "../../../core/data-quality/mend.ts";
import { printable } from "../../../core/data-quality/printable.ts";
import { Failure } from "../../../core/failures.ts";
import type { CommandContext, ExitCode } from "../context.ts";
import type { Terminal } from "../terminal.ts";
import { contractOf, findRun, type QuarantineOptions, storeOf, whoOf } from "./quarantine-options.ts";

export async function mend(
  terminal: Terminal,
  options: QuarantineOptions,
  wanted: string,
  context: CommandContext,
): Promise<ExitCode> {
  const rules = options.undo === true ? [] : rulesOf(options);
  const store = await storeOf(options, context);
  const run = await findRun(store, wanted);
  const contract = await contractOf(options, context);
  const { openCheckReader } = await import("../../../composition/check-tools.ts");
  const reader = await openCheckReader();
  const base = { run, column: options.column ?? null, contract, who: whoOf(options) };
  if (run.refused) {
    const { mendFile, undoMend } = await import("../../../app/quarantine/mend-file.ts");
    if (options.undo === true) {
      const undone = await undoMend({ run, who: base.who, now: Date.now() }, store);
      terminal.document({ schema: "umpire.mend/1", run: run.run, undone });
      terminal.print(` ✓ taken back: ${printable(undone.rule)}; the next mend works on ${undone.copy}`);
      return 0;
    }
    const scope = scopeOf(options.rows);
    const result = await mendFile({ ...base, rules, scope, now: Date.now() }, store, reader);
    const { renderMendedFile } = await import("../render/quarantine-report.ts");
    const { facts: _facts, ...check } = result.check;
    terminal.document({ schema: "umpire.mend/1", run: run.run, results: [{ ...result, check }] });
    terminal.print(renderMendedFile(run, result));
    return result.check.refused || result.changed === 0 ? 1 : 0;
  }
  if (options.undo === true) {
    throw new Failure("USAGE", {
      message: "--undo is for a file that was refused as a whole; a mended row is mended again",
      mend: [`umpire quarantine show ${run.run} shows each row as it was and as it is`],
    });
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

/** Rows of a refused file: not by id, because a copy may have lost some. */
function scopeOf(text: string | undefined): "all" | "failing" | null {
  if (text === undefined || text === "all" || text === "failing") return text ?? null;
  throw new Failure("USAGE", {
    message: `--rows ${text}: rows of a file that was refused as a whole are mended all together, or those that fail`,
    mend: ["--rows failing", "--rows all"],
  });
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
