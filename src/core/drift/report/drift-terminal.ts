import { fit, harmless, padEnd, padStart, wrap, wrapHanging } from "../../report/text-width.ts";
import type { ColumnDrift, ColumnPicture, DriftDocument } from "../drift-document.ts";
import { formatNumber } from "../plain-answer.ts";
import { dayWords } from "../../report/time-words.ts";

export interface TerminalLook {
  readonly width: number;
  readonly all: boolean;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly quiet: (text: string) => string;
  readonly strong: (text: string) => string;
  /** Paths of the files that were written, as the user may type them. */
  readonly record: readonly string[];
}

const shownWithoutAll = 12;

/** The answer for a terminal: first line the answer, then the columns, then how sure, then what to do. */
export function renderDriftTerminal(drift: DriftDocument, look: TerminalLook): string {
  const lines: string[] = ["", ...headLines(drift, look.width), ""];
  lines.push(...answerLines(drift, look), "");
  lines.push(...columnLines(drift, look), "");
  const facts = [
    ...jointFacts(drift),
    ...volumeFacts(drift),
    ...surenessFacts(drift),
    ...streamFacts(drift),
    ...otherFacts(drift),
  ];
  for (const [name, text] of facts) lines.push(...fact(name, text, look.width));
  if (look.record.length > 0) lines.push(...fact("record", look.record.join("   "), look.width));
  return `${lines.join("\n")}\n`;
}

function headLines(drift: DriftDocument, width: number): string[] {
  const name = (side: DriftDocument["reference"]): string =>
    side.files.map((file) => file.split("/").at(-1)).join(", ");
  const rows = `${formatNumber(drift.current.rows)} rows against ${formatNumber(drift.reference.rows)}`;
  const period = drift.current.period === null ? "" : ` · ${dates(drift.current.period)}`;
  return wrapHanging(` ${name(drift.current)} against ${name(drift.reference)} · ${rows}${period}`, width, 3);
}

function dates([from, to]: readonly [string, string]): string {
  const show = (text: string): string =>
    new Date(text).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
  return show(from) === show(to) ? show(from) : `${show(from)} – ${show(to)}`;
}

function answerLines(drift: DriftDocument, look: TerminalLook): string[] {
  const words = {
    drift: look.bad("✗ DRIFT"),
    "no-drift": look.good("✓ NO DRIFT"),
    "not-enough-data": "· NOT ENOUGH DATA",
  }[drift.outcome];
  const indent = { drift: 7, "no-drift": 10, "not-enough-data": 17 }[drift.outcome] + 4;
  return wrap(drift.reason, look.width - indent - 1).map((line, i) =>
    i === 0 ? ` ${words}   ${look.strong(line)}` : " ".repeat(indent + 1) + look.strong(line),
  );
}

function columnLines(drift: DriftDocument, look: TerminalLook): string[] {
  const judged = drift.columns.filter((column) => look.all || column.effect !== null);
  const shown = look.all ? judged : judged.slice(0, Math.max(shownWithoutAll, 0));
  const nameWidth = Math.min(26, Math.max(8, ...shown.map((column) => harmless(column.name).length)));
  const head = ` ${padEnd("columns", nameWidth + 3)}${padStart("effect", 6)}   ${padEnd("reference", 12)}   ${padEnd("current", 12)}`;
  const lines = [look.quiet(head)];
  for (const column of shown) lines.push(...columnLine(column, nameWidth, look));
  const more = drift.columns.length - shown.length;
  if (more > 0) lines.push(look.quiet(`   … ${more} more (--all)`));
  return lines;
}

function columnLine(column: ColumnDrift, nameWidth: number, look: TerminalLook): string[] {
  const glyph = column.drifted === true ? look.bad("✗") : column.drifted === false ? look.good("✓") : "?";
  const [before, after] = sparklines(column.picture);
  const effect = column.effect === null ? "" : column.effect.toFixed(3);
  const start = ` ${glyph} ${padEnd(fit(column.name, nameWidth), nameWidth)} ${padStart(effect, 6)}   ${padEnd(before, 12)}   ${padEnd(after, 12)}  `;
  const room = look.width - (nameWidth + 42);
  const change = column.since === null ? "" : `${column.shape ?? "moved"} since ${dayWords(column.since)}`;
  const text = [change, column.effect === null ? column.reason : column.plain.sentence]
    .filter((part) => part !== "")
    .join(" · ");
  // What moved is told whole; of the others the beginning is enough.
  if (column.drifted !== true) return [start + fit(text, Math.max(20, room))];
  if (room < 20) return [start.trimEnd(), ...wrapHanging(`     ${text}`, look.width, 5)];
  const [first = "", ...rest] = wrapHanging(text, room, 0);
  return [start + first, ...rest.map((line) => " ".repeat(nameWidth + 42) + line)];
}

const levels = "▁▂▃▄▅▆▇█";
const cells = 12;

/** Both sides of a picture in twelve cells, on one scale; a space where there is nothing. */
export function sparklines(picture: ColumnPicture): [string, string] {
  const left = squeeze(picture.reference);
  const right = squeeze(picture.current);
  const top = Math.max(...left, ...right, 1e-12);
  const draw = (shares: readonly number[]): string =>
    shares.map((share) => (share <= 0 ? " " : levels[Math.min(7, Math.floor((share / top) * 7.999))]!)).join("");
  return [draw(left), draw(right)];
}

function squeeze(shares: readonly number[]): number[] {
  if (shares.length <= cells) return [...shares];
  const out = Array.from({ length: cells }, () => 0);
  shares.forEach((share, i) => {
    out[Math.floor((i * cells) / shares.length)]! += share;
  });
  return out;
}

function jointFacts(drift: DriftDocument): Array<[string, string]> {
  const { pca, domain_classifier: classifier } = drift.joint;
  const mark = (drifted: boolean | null): string => (drifted === true ? "✗" : drifted === false ? "✓" : "?");
  const facts: Array<[string, string]> = [];
  if (pca.statistic !== null && pca.reference !== null) {
    const change = `error ${formatNumber(pca.reference)} → ${formatNumber(pca.statistic)}`;
    facts.push(["together", `${mark(pca.drifted)} how columns vary together (PCA): ${change}`]);
  }
  if (classifier.auc !== null && classifier.interval !== null) {
    const [low, high] = classifier.interval;
    const by = classifier.importances.filter((one) => one.share >= 0.1).slice(0, 3);
    const names =
      by.length === 0 ? "" : `, by ${by.map((one) => `${one.name} ${(100 * one.share).toFixed(0)}%`).join(", ")}`;
    const how = classifier.auc <= 0.5 ? "rows not told apart:" : "rows told apart with";
    const told = `${how} AUC ${classifier.auc.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)}; 0.5 is not at all)${names}`;
    facts.push([facts.length === 0 ? "together" : "", `${mark(classifier.drifted)} ${told}`]);
  }
  return facts;
}

function volumeFacts({ volume }: DriftDocument): Array<[string, string]> {
  // A feed whose volume cannot be judged is not worth a line unless rows lack.
  if (volume === null || (volume.drifted === null && volume.low.length === 0)) return [];
  const mark = volume.drifted === true ? "✗" : volume.drifted === false ? "✓" : "?";
  return [["volume", `${mark} ${volume.reason}`]];
}

function surenessFacts(drift: DriftDocument): Array<[string, string]> {
  const { decision } = drift;
  const per =
    decision.false_alarms_per === "month"
      ? `per month (one period: ${decision.alpha}${decision.families > 1 ? ` in each of ${decision.families} families of columns` : ""})`
      : "per comparison";
  const facts: Array<[string, string]> = [
    ["false alarms", `at most ${formatNumber(drift.expected_false_alarms)} expected ${per}, all columns together`],
  ];
  const how =
    decision.surprise === "conformal"
      ? `against ${decision.windows} windows of the reference${decision.season === null || decision.season === "none" ? "" : ` at the same ${decision.season}`}; floor ${decision.floor}`
      : `two-sample tests, rows taken as independent, Holm over all tests; floor ${decision.floor}`;
  facts.push(["how", how]);
  if (drift.periods !== null) {
    const alarmed = drift.periods.filter((period) => period.alarms > 0).length;
    const thin = drift.periods.filter((period) => !period.judged).length;
    const unjudged = thin === 0 ? "" : `, ${thin} not judged (too few rows)`;
    facts.push(["periods", `${alarmed} of ${drift.periods.length} with an alarm${unjudged}`]);
  }
  return facts;
}

function streamFacts(drift: DriftDocument): Array<[string, string]> {
  if (drift.streams === null) return [];
  const { promised_rows, detectors } = drift.streams;
  const promise = `at most one false alarm in ${formatNumber(promised_rows)} rows on average`;
  const alarms = detectors.filter((detector) => detector.alarm_at_row !== null);
  if (alarms.length === 0) return [["row by row", `✓ no alarm of ${detectors.length} detectors (${promise})`]];
  return alarms.slice(0, 8).map((alarm, i) => {
    const what = `${alarm.watched} of ${alarm.column} ${alarm.direction} ${formatNumber(alarm.baseline)}`;
    const when = `alarm at row ${formatNumber(alarm.alarm_at_row)}${alarm.time === null ? "" : ` (${alarm.time.slice(0, 16)})`}, began about row ${formatNumber(alarm.began_after_row)}`;
    return [i === 0 ? "row by row" : "", `✗ ${what}: ${when}${i === 0 ? `; ${promise}` : ""}`];
  });
}

function otherFacts(drift: DriftDocument): Array<[string, string]> {
  const facts: Array<[string, string]> = [];
  const list = (names: readonly string[]): string =>
    names.slice(0, 6).join(", ") + (names.length > 6 ? `, … ${names.length} in all` : "");
  if (drift.only_in_reference.length > 0)
    facts.push(["gone", `only in the reference: ${list(drift.only_in_reference)}`]);
  if (drift.only_in_current.length > 0) facts.push(["new", `only in the current rows: ${list(drift.only_in_current)}`]);
  for (const note of drift.notes) facts.push([note.severity === "error" ? "fault" : "note", note.message]);
  if (drift.outcome === "drift" && drift.decision.by === null && drift.current.period !== null) {
    facts.push(["next", "--by day shows when, against how much days of the reference differ among themselves"]);
  }
  return facts;
}

function fact(name: string, text: string, width: number): string[] {
  const indent = 15;
  return wrap(text, width - indent).map((line, i) => ` ${padEnd(i === 0 ? name : "", indent - 1)}${line}`);
}
