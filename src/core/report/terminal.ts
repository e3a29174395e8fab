/** A verdict for a terminal: the answer, why, the numbers, what to do. At most 100 columns. */
import type { Outcome } from "../findings.ts";
import type { BaselineResult, PairedNumber, Verdict } from "../gates/verdict.ts";
import { commonScale, drawInterval, type PlotScale } from "./interval-plot.ts";
import { counted, decimalsOf, number, percent, periodInWords, signed, unitWord } from "./numbers.ts";
import { type Palette, plainPalette } from "./palette.ts";
import { deciding, oriented } from "./slice-order.ts";
import { shownSlices, sliceTable } from "./terminal-slices.ts";
import { displayWidth, harmless, padEnd, padStart, wrap } from "./text-width.ts";
import { disagreement, outcomeGlyphs, outcomeWords, reasonInWords, scoreOutcome, versus, wordsFacts } from "./words.ts";

export interface TerminalOptions {
  readonly palette?: Palette;
  /** Columns to fill, 100 at most; below 80 the text is laid out for 80. */
  readonly width?: number;
  /** Every slice, not only the first ones. */
  readonly all?: boolean;
  /** Lines of {@link flipInWords}; absent when it was not worked out. */
  readonly wouldFlip?: readonly string[];
  /** Files that were written, as the user would type them. */
  readonly record?: readonly string[];
}

const LABEL = 14;
const PLOT = 16;

export function renderTerminal(verdict: Verdict, options: TerminalOptions = {}): string {
  const width = Math.min(100, Math.max(80, options.width ?? 100));
  const palette = options.palette ?? plainPalette;
  const scale = scaleOf(verdict, options.all === true);
  const sections = [
    header(verdict, width, palette),
    answer(verdict, width, palette),
    scores(verdict, scale, width, palette),
    sliceTable(verdict, { scale, width, palette, all: options.all === true }),
    footer(verdict, options, width, palette),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => (line === "" ? "" : ` ${line}`.trimEnd())).join("\n"))
    .join("\n\n")}\n`;
}

export function paint(palette: Palette, outcome: Outcome, text: string): string {
  return outcome === "pass" ? palette.pass(text) : outcome === "fail" ? palette.fail(text) : text;
}

function scaleOf(verdict: Verdict, all: boolean): PlotScale {
  const intervals = [
    verdict.score.interval,
    oriented(verdict.overall[verdict.metric] ?? null).interval,
    ...shownSlices(verdict, all).shown.map((s) => oriented(deciding(verdict, s)).interval),
  ];
  return commonScale(
    intervals.filter((i) => i !== null),
    PLOT,
  );
}

/** `48,000 rows, 873 lists, 377 users, 20 Feb – 19 Mar 1998`. */
export function countsInWords(counts: Verdict["counts"]): string {
  const unit = unitWord(counts.unit);
  return [
    counted(counts.rows, "row"),
    ...(counts.groups === null ? [] : [counted(counts.groups, "list")]),
    ...(counts.units === counts.rows && unit === "row" ? [] : [counted(counts.units, unit)]),
    ...(counts.period === null ? [] : [periodInWords(counts.period)]),
  ].join(", ");
}

function header(verdict: Verdict, width: number, palette: Palette): string[] {
  const less = verdict.overall[verdict.metric]?.direction === -1 ? " (less is better)" : "";
  const parts = [verdict.model, versus(verdict), verdict.metric + less, countsInWords(verdict.counts)].map(harmless);
  const text = parts.join(" · ");
  const split = displayWidth(text) < width ? [text] : [parts.slice(0, -1).join(" · "), parts[parts.length - 1] ?? ""];
  const lines = split.flatMap((part) => wrap(part, width - 1));
  const model = harmless(verdict.model);
  return lines.map((line, i) =>
    i === 0 && line.startsWith(model) ? palette.strong(model) + line.slice(model.length) : line,
  );
}

function answer(verdict: Verdict, width: number, palette: Palette): string[] {
  const word = `${outcomeGlyphs[verdict.decision]} ${outcomeWords[verdict.decision].toUpperCase()}`;
  const facts = wordsFacts(verdict);
  const lines = wrap(verdict.reason === "" ? reasonInWords(facts) : verdict.reason, width - word.length - 4);
  const indent = " ".repeat(word.length + 3);
  const first = `${paint(palette, verdict.decision, palette.strong(word))}   ${lines[0] ?? ""}`;
  const told = disagreement(facts);
  // The reason already says it where a blocking slice loses: then it is not repeated.
  const again =
    told !== null && !/on average|overall/i.test(verdict.reason) ? wrap(told, width - indent.length - 1) : [];
  return [first, ...lines.slice(1).map((l) => indent + l), ...again.map((l) => indent + l)];
}

/** What both models cost per 1,000 predictions, where the policy says what mistakes cost. */
function costLine(verdict: Verdict): string[] {
  const cost = verdict.overall["cost"];
  if (cost === undefined || verdict.metric === "cost" || cost.difference === null) return [];
  const decimals = decimalsOf(cost.interval);
  const interval =
    cost.interval === null ? "" : `   ${signed(cost.interval[0], decimals)} to ${signed(cost.interval[1], decimals)}`;
  const values = `${number(cost.champion, decimals)} → ${number(cost.challenger, decimals)}`;
  return [`  ${padEnd("cost per 1,000", LABEL + 1)}  ${values}   ${signed(cost.difference, decimals)}${interval}`];
}

function scores(verdict: Verdict, scale: PlotScale, width: number, palette: Palette): string[] {
  const direction = verdict.overall[verdict.metric]?.direction ?? 1;
  const score = verdict.score;
  const overall = verdict.overall[verdict.metric] ?? null;
  const rows = [
    scoreRow("weighted score", score, direction),
    ...(overall === null
      ? []
      : [
          scoreRow(
            `all ${verdict.counts.groups === null ? "rows" : "lists"}`,
            { ...overall, ...oriented(overall) },
            direction,
          ),
        ]),
  ];
  const columns = [0, 1, 2, 3].map((c) => Math.max(...rows.map((r) => displayWidth(r.cells[c] ?? ""))));
  const outcome = scoreOutcome(verdict);
  const words =
    outcome === "not-enough-data"
      ? "not proven better"
      : outcome === "pass"
        ? "holds"
        : outcome === "fail"
          ? "not better"
          : "not evaluated";
  const lines = rows.map((row, i) => {
    const [values = "", difference = "", low = "", high = ""] = row.cells;
    const plot = drawInterval(scale, row.point, row.interval);
    const line =
      `  ${padEnd(row.label, LABEL + 1)}  ${padEnd(values, columns[0] ?? 0)}   ${padStart(difference, columns[1] ?? 0)}   ` +
      `${padStart(low, columns[2] ?? 0)} ┤${plot}├ ${padEnd(high, columns[3] ?? 0)}`;
    const tail = i === 0 ? `  ${words}` : "";
    return displayWidth(line + tail) < width ? line + (i === 0 ? paint(palette, outcome, tail) : tail) : line;
  });
  lines.push(...costLine(verdict));
  if (score.difference === null && score.reason !== null)
    lines.push(...wrap(score.reason, width - 3).map((l) => `  ${palette.quiet(l)}`));
  if (score.weight.excluded > 0) {
    const part = score.weight.excluded / (score.weight.evaluated + score.weight.excluded);
    lines.push(`  ${percent(part)} of the weight could not be evaluated and is left out of the score`);
  }
  return lines;
}

interface ScoreNumbers {
  readonly champion: number | null;
  readonly challenger: number | null;
  /** Oriented. */
  readonly difference: number | null;
  readonly interval: readonly [number, number] | null;
}

/** Numbers are printed raw (challenger minus champion), drawn so that the right side is better. */
function scoreRow(label: string, numbers: ScoreNumbers, direction: 1 | -1) {
  const decimals = decimalsOf(numbers.interval);
  const raw = (v: number | null | undefined): string =>
    signed(v === null || v === undefined ? null : v * direction, decimals);
  return {
    label,
    point: numbers.difference,
    interval: numbers.interval,
    cells: [
      `${number(numbers.champion, decimals)} → ${number(numbers.challenger, decimals)}`,
      raw(numbers.difference),
      raw(numbers.interval?.[0]),
      raw(numbers.interval?.[1]),
    ],
  };
}

function footer(verdict: Verdict, options: TerminalOptions, width: number, palette: Palette): string[] {
  const lines: string[] = [];
  const add = (label: string, texts: readonly string[]): void => {
    const wrapped = texts.flatMap((t) => wrap(t, width - LABEL - 1));
    lines.push(...wrapped.map((t, i) => (i === 0 ? palette.quiet(padEnd(label, LABEL)) : " ".repeat(LABEL)) + t));
  };
  if (verdict.baselines.length > 0)
    add("baselines", [verdict.baselines.map((b) => baselineText(verdict, b)).join("   ")]);
  for (const note of verdict.notes)
    if (note.severity !== "info" || options.all === true) add(note.severity, [note.message, ...(note.mend ?? [])]);
  if (verdict.power.pass !== null && verdict.power.pass < 0.1 && verdict.decision !== "pass") {
    add("power", [
      `a challenger better by ${signed(verdict.power.expected, decimalsOf([0, 2 * Math.abs(verdict.power.expected ?? 0)]))} everywhere would pass ${percent(verdict.power.pass)} of the time: this policy can hardly pass on these data`,
    ]);
  }
  if (options.wouldFlip !== undefined && options.wouldFlip.length > 0) add("would flip", options.wouldFlip);
  const next = nextSteps(verdict, options.record ?? []);
  if (next.length > 0) add("next", next);
  if (options.record !== undefined && options.record.length > 0) add("record", [options.record.join("   ")]);
  return lines;
}

function baselineText(verdict: Verdict, baseline: BaselineResult): string {
  const numbers: PairedNumber | undefined = baseline.metrics[verdict.metric];
  const value = baseline.score.champion ?? numbers?.champion ?? null;
  const decimals = decimalsOf(baseline.score.interval ?? numbers?.interval ?? null);
  return `${outcomeGlyphs[baseline.outcome]} ${harmless(baseline.name)} ${number(value, decimals)}`;
}

/** What to do now, from what stands in the way. */
export function nextSteps(verdict: Verdict, record: readonly string[]): string[] {
  const report = record.find((r) => r.endsWith(".html")) ?? "report.html";
  const losing = verdict.slices.find((s) => s.blocking && s.outcome === "fail");
  const what = verdict.counts.groups === null ? "row" : "list";
  if (verdict.decision === "fail" && losing !== undefined) {
    const n = verdict.counts.groups === null ? losing.rows : (losing.groups ?? losing.rows);
    return [`look at the ${counted(n, what)}: ${report}, slice ${losing.name}; train with such cases in`];
  }
  if (verdict.decision === "fail") return [`see which slices cost the most: ${report}`];
  const needed = verdict.needed.flatMap((n) => (n.units === null ? [] : [{ ...n, units: n.units }]));
  if (verdict.decision === "not-enough-data") {
    const most = needed.reduce<{ gate: string; units: number } | null>(
      (a, b) => (a === null || b.units > a.units ? b : a),
      null,
    );
    const unit = unitWord(verdict.counts.unit);
    if (most !== null)
      return [
        `judge again with about ${counted(Math.ceil(most.units), `more ${unit}`)}: that would decide ${most.gate}`,
      ];
    const open = verdict.gates.find((g) => g.outcome === "not-enough-data");
    const why = verdict.needed[0]?.reason ?? (open === undefined ? undefined : `${open.name}, ${open.reason}`);
    return [why === undefined ? "judge again with more data" : `judge again with more data: ${why}`];
  }
  if (verdict.decision === "not-evaluated") {
    const gate = verdict.gates.find((g) => g.outcome === "not-evaluated");
    return gate === undefined ? [] : [`${gate.name}: ${gate.reason}`];
  }
  return [];
}
