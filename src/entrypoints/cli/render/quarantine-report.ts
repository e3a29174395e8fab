import type { QuarantineRun, TrailEntry } from "../../../app/ports/quarantine-store.ts";
import type { MendFileResult } from "../../../app/quarantine/mend-file.ts";
import type { MendResult } from "../../../app/quarantine/mend-rows.ts";
import type { CurrentRow, Diagnosis, RowState } from "../../../app/quarantine/quarantine-state.ts";
import { counted, thousands } from "../../../core/data-quality/check-finding.ts";
import { printable } from "../../../core/data-quality/printable.ts";
import { moment } from "../../../core/data-quality/words.ts";

type ListedRun = QuarantineRun & { readonly states: Readonly<Record<RowState, number>> };

const shownLines = 15;

export function renderQuarantineList(
  runs: readonly ListedRun[],
  interrupted: readonly string[],
  diagnosis: readonly Diagnosis[],
  all: boolean,
): string {
  if (runs.length === 0 && interrupted.length === 0) {
    return " The quarantine is empty.\n\n next         umpire check DATA --contract contract.yaml --quarantine";
  }
  const waiting = runs.reduce((sum, run) => sum + run.states.waiting, 0);
  const refused = runs.filter((run) => run.refused).length;
  const lines = [
    ` ${counted(waiting, "row")} waiting in ${counted(runs.length, "run")}${refused === 0 ? "" : `, ${counted(refused, "file")} refused as a whole`}`,
    "",
  ];
  const shown = all ? runs : runs.slice(-shownLines);
  for (const run of shown) {
    const { waiting: left, mended, released, dropped } = run.states;
    const states = run.refused
      ? `whole file, ${counted(run.read, "row")}`
      : [
          `${thousands(left)} waiting`,
          `${thousands(mended)} mended`,
          `${thousands(released)} released`,
          `${thousands(dropped)} dropped`,
        ]
          .filter((text) => !text.startsWith("0 "))
          .join(", ");
    lines.push(` ${run.run}  ${moment(Math.floor(run.at / 60_000) * 60_000)}  ${states}`);
  }
  if (shown.length < runs.length) lines.push(`   … ${runs.length - shown.length} earlier (--all)`);
  for (const name of interrupted) lines.push(` ${name}  interrupted: what was written is there, check the file again`);
  if (diagnosis.length > 0) lines.push("", " by reason and column        rows   over time, oldest run first");
  for (const entry of all ? diagnosis : diagnosis.slice(0, shownLines)) {
    const name = printable(entry.column === null ? entry.check : `${entry.column}: ${entry.check}`);
    lines.push(` ${name.padEnd(26)} ${thousands(entry.rows).padStart(6)}   ${bars(entry, runs)}`);
  }
  const last = runs.at(-1);
  if (last !== undefined) lines.push("", ` next         umpire quarantine show ${last.run}`);
  return lines.join("\n");
}

const blocks = "▁▂▃▄▅▆▇█";

/** One bar a run, on the scale of the largest; a dot where the reason did not occur. */
function bars(entry: Diagnosis, runs: readonly ListedRun[]): string {
  const most = Math.max(...entry.runs.map((run) => run.rows));
  return runs
    .slice(-40)
    .map((run) => {
      const rows = entry.runs.find((each) => each.run === run.run)?.rows ?? 0;
      return rows === 0 ? "·" : (blocks[Math.ceil((rows / most) * 8) - 1] ?? "█");
    })
    .join("");
}

export function renderQuarantineRun(
  run: QuarantineRun,
  rows: readonly CurrentRow[],
  trail: readonly TrailEntry[],
  limit: number,
  width: number,
): string {
  const head = run.refused
    ? ` ${printable(run.file)} was refused as a whole: ${counted(run.read, "row")}`
    : ` ${counted(rows.length, "row")} of ${printable(run.file)}, ${thousands(run.read)} read`;
  const lines = [head, ""];
  if (run.refused) {
    for (const { message } of run.because) lines.push(` ✗ ${printable(message)}`);
    if (run.copy !== null) lines.push("", ` copy         ${run.copy}`);
  }
  // Of a refused file, the bad rows are the consequence of what stands above: a few are enough.
  const shown = run.refused ? Math.min(limit, 3) : limit;
  for (const row of rows.slice(0, shown)) {
    const why = row.remaining.length > 0 ? row.remaining : row.reasons;
    lines.push(
      ` #${row.id}  line ${row.line}  ${row.state}  ${printable(why.map((reason) => `${reason.column === null ? "" : `${reason.column}: `}${reason.reason}`).join("; "))}`,
    );
    lines.push(`     ${clip(printable(row.raw), width - 6)}`);
    if (row.current !== row.raw) lines.push(`   → ${clip(printable(row.current), width - 6)}`);
  }
  if (rows.length > shown)
    lines.push(`   … ${thousands(rows.length - shown)} more${run.refused ? " bad rows" : " (--all, --limit)"}`);
  if (trail.length > 0) lines.push("", " trail");
  for (const entry of trail) {
    lines.push(
      ` ${moment(Math.floor(entry.at / 1000) * 1000)}  ${printable(entry.who)}  ${entry.action}  ${printable(entry.rule)}  (${entry.copy === undefined ? counted(entry.ids.length, "row") : entry.copy})${entry.to === undefined ? "" : ` to ${printable(entry.to)}`}`,
    );
  }
  return lines.join("\n");
}

export function renderMend(run: QuarantineRun, results: readonly MendResult[], dropped: boolean): string {
  const lines: string[] = [];
  for (const result of results) {
    if (dropped) lines.push(` ${counted(result.changed, "row")} given up; they stay in the quarantine`);
    else if (result.changed === 0) lines.push(` · ${printable(result.rule)}: no row that waits is changed by this`);
    else
      lines.push(
        ` ${result.stillFailing.length === 0 ? "✓" : "✗"} ${printable(result.rule)}: ${counted(result.changed, "row")} changed, ${thousands(result.passing)} pass now`,
      );
    for (const row of result.stillFailing.slice(0, 5)) {
      lines.push(
        `   #${row.id} line ${row.line} still: ${printable(row.reasons.map((reason) => `${reason.column === null ? "" : `${reason.column}: `}${reason.reason}`).join("; "))}`,
      );
    }
  }
  lines.push("", ` next         umpire quarantine release ${run.run} --to FILE`);
  return lines.join("\n");
}

export function renderMendedFile(run: QuarantineRun, result: MendFileResult): string {
  const { check, changed, copy, rule, scope } = result;
  const lines = [
    ` ${check.refused ? "✗" : "✓"} ${printable(rule)}: ${counted(changed, "row")} changed${scope === "failing" ? ", of those that fail" : ""}; ${check.refused ? "the mended file would be refused again" : `${thousands(check.rows.accepted)} rows of the mended file pass`}`,
  ];
  for (const entry of check.findings.filter((each) => each.severity === "error").slice(0, 5))
    lines.push(`   ✗ ${printable(entry.message)}`);
  lines.push("", ` copy         ${copy}`);
  if (!check.refused) lines.push(` next         umpire quarantine release ${run.run} --contract CONTRACT --to FILE`);
  return lines.join("\n");
}

function clip(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
