import { tableChecks } from "../../core/data-quality/catalog.ts";
import type { TableContext, TableFinding } from "../../core/data-quality/check.ts";
import type { CheckBlock } from "../../core/data-quality/check-block.ts";
import {
  type CheckFinding,
  type CheckOutcome,
  counted,
  finding,
  outcomeOf,
  sortFindings,
} from "../../core/data-quality/check-finding.ts";
import type { CheckRows } from "../../core/data-quality/check-document.ts";
import { timeRange } from "../../core/data-quality/checks/time.ts";
import { type Contract, severityFor } from "../../core/data-quality/contract.ts";
import { DateOrder } from "../../core/data-quality/date-order.ts";
import { type RowReason, RowRules } from "../../core/data-quality/run-row-rules.ts";
import { looksLikeId, type TableFacts, TableTally } from "../../core/data-quality/table-facts.ts";
import type { Usual } from "../../core/data-quality/usual.ts";
import { percent } from "../../core/data-quality/words.ts";
import { eventAt, type ExpectedEvent, isExpected } from "../../core/drift/events.ts";
import { InternalError } from "../../core/failures.ts";
import type { Profile } from "../../core/profile/profile.ts";
import type { CheckedFile } from "../ports/check-reader.ts";
import type { LoadProfiler } from "./load-profiler.ts";

export interface FileCheckOptions {
  readonly contract: Contract | null;
  readonly usual: Usual | null;
  /** Milliseconds since 1970. */
  readonly now: number | null;
  /** Takes the rows as they are decided; nothing is final before the file is. */
  readonly sink?: RowSink;
  /** Profiles the rows that go on, to be compared with earlier loads. */
  readonly profiler?: LoadProfiler | null;
}

export interface RowSink {
  bad(line: number, raw: string, reasons: readonly RowReason[]): void | Promise<void>;
  /** Rows of a block that no rule of severity `error` objects to. */
  good(block: CheckBlock, isGood: (row: number) => boolean): void | Promise<void>;
}

export interface FileCheckResult {
  readonly file: string;
  readonly outcome: CheckOutcome;
  readonly refused: boolean;
  readonly rows: CheckRows;
  /** Rows and lines that failed one by one, whatever became of the file. */
  readonly badRows: number;
  readonly findings: readonly CheckFinding[];
  readonly facts: TableFacts | null;
  /** Of the rows that go on, where there was a profiler. */
  readonly profile: Profile | null;
}

/** Checks whose errors concern single rows: those rows go, the file stays. */
const byRow = new Set(["type", "null", "range", "values", "spelling", "pattern", "length", "unique", "rule"]);
const rejectChecks = new Set([
  "field-count",
  "quotes",
  "repeated-header",
  "footer",
  "invalid-json",
  "encoding",
  "comment",
]);

/**
 * Reads a file once and says everything about it: what the reader found, the row rules of the contract, the checks of
 * the whole table. The file is refused when an error concerns all of it or too many rows are bad.
 */
export async function checkFile(file: CheckedFile, options: FileCheckOptions): Promise<FileCheckResult> {
  const { contract } = options;
  const key = new Set(contract?.key);
  const tally = new TableTally((name) => (contract === null ? looksLikeId(name) : key.has(name)));
  const dates = new DateOrder(contract);
  let rules: RowRules | null = null;
  let bound = 0;
  const rejected = new Set<string>();
  let rejects = 0;
  for await (const block of file.blocks()) {
    dates.apply(block);
    if (contract !== null && rules === null && block.columns.length > 0) {
      rules = new RowRules(
        contract,
        block.columns.map((column) => column.name),
      );
      bound = block.columns.length;
    } else if (rules !== null && block.columns.length > bound) {
      // Records with new keys: rules on columns that were not there yet are bound as they come.
      bound = block.columns.length;
      rules.bind(
        contract!,
        block.columns.map((column) => column.name),
      );
    }
    tally.add(block);
    const bad = rules?.run(block) ?? new Map<number, RowReason[]>();
    rejects += block.rejects.length;
    for (const reject of block.rejects) rejected.add(reject.check);
    options.profiler?.add(block, (row) => !bad.has(row));
    if (options.sink !== undefined) await deliver(options.sink, block, bad);
  }
  const facts = file.source === null ? null : tally.finish(file.end(), file.source, file.declaredTypes);
  return conclude(file, facts, rules, rejects, options);
}

async function deliver(sink: RowSink, block: CheckBlock, bad: Map<number, RowReason[]>): Promise<void> {
  for (const { line, raw, check, reason } of block.rejects)
    await sink.bad(line, raw, [{ check, column: null, reason }]);
  for (const [row, reasons] of bad) await sink.bad(block.lines[row]!, block.raw(row), reasons);
  await sink.good(block, (row) => !bad.has(row));
}

function conclude(
  file: CheckedFile,
  facts: TableFacts | null,
  rules: RowRules | null,
  rejects: number,
  options: FileCheckOptions,
): FileCheckResult {
  const { contract } = options;
  const fileFindings = switched(file.findings(), contract);
  // Where no line is a row, what the table lacks says nothing more.
  const unread = (facts?.columns.length ?? 0) === 0 && rejects > 0;
  const emptied = unread || fileFindings.some((entry) => entry.check === "no-rows" || entry.check === "empty");
  const profile = options.profiler?.finish() ?? null;
  const context: TableContext | null =
    facts === null ? null : { facts, contract, usual: options.usual, profile, now: options.now };
  const tableFindings =
    context === null
      ? []
      : tableChecks
          .flatMap((check) => check.run(context))
          .filter((entry) => !(emptied && entry.check === "no-rows") && !(unread && entry.check === "missing-column"));
  const rowFindings = rules?.findings() ?? [];
  const read = (facts?.rows ?? 0) + rejects;
  const badRows = (rules?.badRows ?? 0) + rejects;
  const named = explained([...fileFindings, ...tableFindings, ...rowFindings], tableFindings);
  const all = announced(named, contract, facts, options.now);
  const whole = all.some((entry) => entry.severity === "error" && (file.source === null || !isRowLevel(entry)));
  const limit = whole ? null : tooMany(badRows, read, contract);
  const refused = whole || limit !== null;
  const findings = sortFindings(limit === null ? all : [...all, limit]);
  const accepted = refused ? 0 : read - badRows;
  if (accepted < 0) throw new InternalError("more bad rows than rows");
  return {
    file: file.path,
    outcome: outcomeOf(findings),
    refused,
    rows: { read, accepted, quarantined: read - accepted },
    badRows,
    findings,
    facts,
    profile,
  };
}

/** Whether a finding concerns rows one by one, and not the file. */
export function isRowLevel(entry: CheckFinding): boolean {
  if (entry.check === "encoding" || entry.check === "nesting") return entry.lines.length > 0;
  return byRow.has(entry.check) || rejectChecks.has(entry.check);
}

/** Findings of the reader under the contract's severities. */
function switched(findings: readonly CheckFinding[], contract: Contract | null): CheckFinding[] {
  return findings.flatMap((entry) => {
    const severity = severityFor(entry.check, entry.severity, contract, null);
    return severity === "off" ? [] : [{ ...entry, severity }];
  });
}

/** Leaves out what a finding about the whole column already explains. */
function explained(
  findings: readonly (CheckFinding | TableFinding)[],
  tableFindings: readonly TableFinding[],
): CheckFinding[] {
  const covered = new Set<string>();
  for (const { explains } of tableFindings) {
    for (const column of explains?.columns ?? [])
      for (const check of explains!.checks) covered.add(`${check}\0${column}`);
  }
  const named = new Set(
    findings.filter((entry) => entry.severity !== "info" && !isUnusual(entry)).map((entry) => entry.column),
  );
  return (
    findings
      .filter((entry) => entry.column === null || !covered.has(`${entry.check}\0${entry.column}`))
      // What is wrong with a column says more than that it is unusual.
      .filter((entry) => !isUnusual(entry) || !named.has(entry.column))
      .map((entry) => finding(entry))
  );
}

const unusualChecks = new Set(["row-count", "unusual-age", "unusual-nulls", "unusual-values"]);

/** What is unusual while an announced event lasts is a remark. */
function announced(
  findings: readonly CheckFinding[],
  contract: Contract | null,
  facts: TableFacts | null,
  now: number | null,
): readonly CheckFinding[] {
  const event = contract === null || facts === null ? null : loadEvent(contract, facts, now);
  if (event === null) return findings;
  return findings.map((entry) =>
    unusualChecks.has(entry.check) && (entry.column === null || isExpected(event, entry.column))
      ? { ...entry, severity: "info", message: `${entry.message}; announced: ${event.name}` }
      : entry,
  );
}

/** The announced event in which the newest row of a load lies; without a time column, the check. */
function loadEvent(contract: Contract, facts: TableFacts, now: number | null): ExpectedEvent | null {
  const time = contract.time === null ? null : (timeRange(facts, contract.time.column)?.newest ?? null);
  const at = time ?? now;
  return at === null ? null : eventAt(contract.expected ?? [], at, at + 1);
}

function isUnusual(entry: CheckFinding): boolean {
  return entry.check === "unusual-values" || entry.check === "unusual-nulls";
}

function tooMany(bad: number, read: number, contract: Contract | null): CheckFinding | null {
  const limit = contract?.badRows ?? 0.05;
  if (bad === 0 || bad <= read * limit) return null;
  const severity = severityFor("bad-rows", "error", contract, null);
  if (severity === "off") return null;
  return finding({
    check: "bad-rows",
    severity,
    count: bad,
    message: `${counted(bad, "bad row")} of ${read.toLocaleString("en-US")} (${percent(bad / read)}), more than ${percent(limit)}: the whole file is refused`,
  });
}
