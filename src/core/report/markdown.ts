/** A verdict for a pull request or a job summary: first the answer, then the table. */
import type { PairedNumber, SliceResult, Verdict } from "../gates/verdict.ts";
import { decimalsOf, number, percent, signed } from "./numbers.ts";
import { byCost, deciding } from "./slice-order.ts";
import { countsInWords, nextSteps } from "./terminal.ts";
import { harmless } from "./text-width.ts";
import { usualDecimals } from "./usual-decimals.ts";
import {
  baselineStandsIn,
  disagreement,
  firstSentence,
  outcomeGlyphs,
  outcomeWords,
  versus,
  wordsFacts,
} from "./words.ts";

export interface MarkdownOptions {
  /** Every slice, not only the first 20. */
  readonly all?: boolean;
  readonly wouldFlip?: readonly string[];
  readonly record?: readonly string[];
}

const FIRST = 20;

/**
 * Text that no Markdown reader takes for markup, HTML, a link, a mention, an issue or the end of a table cell. GitHub
 * finds mentions, issues and addresses in the text after rendering, so those are parted by an empty comment.
 */
export function markdownText(text: string): string {
  const part = "<!-- -->";
  return harmless(text)
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/[\\`*[\]|~$]/g, (c) => `\\${c}`)
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "\\_")
    .replace(/^(\s*)([-+#=])/, "$1\\$2")
    .replace(/^(\s*\d+)([.)])/, "$1\\$2")
    .replace(/@(?=\w)/g, `@${part}`)
    .replace(/(#|GH-)(?=\d)/gi, `$1${part}`)
    .replace(/:(?=\/\/|[\w+-]+:)/g, `:${part}`)
    .replace(/\bwww\./gi, (www) => `${www.slice(0, 3)}${part}.`)
    .replace(/\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])([0-9a-f])([0-9a-f]{6,39})\b/gi, `$1${part}$2`);
}

export function renderMarkdown(verdict: Verdict, options: MarkdownOptions = {}): string {
  const facts = wordsFacts(verdict);
  const told = disagreement(facts);
  const parts = [
    `## ${outcomeGlyphs[verdict.decision]} ${outcomeWords[verdict.decision].toUpperCase()} · ${markdownText(verdict.model)}${baselineStandsIn(verdict) ? ` · ${markdownText(versus(verdict))}` : ""}`,
    `**${markdownText(firstSentence(facts))}**`,
    ...(told === null ? [] : [markdownText(told)]),
    scoreTable(verdict),
    sliceRows(verdict, options.all === true),
    gateTable(verdict),
    remarks(verdict, options),
    provenance(verdict),
  ];
  return `${parts.filter((p) => p !== "").join("\n\n")}\n`;
}

function table(head: readonly string[], align: readonly ("l" | "r")[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(align.map((a) => (a === "r" ? "---:" : "---"))), ...rows.map(line)].join("\n");
}

function interval(bounds: readonly [number, number] | null, decimals: number): string {
  return bounds === null ? "n/a" : `${signed(bounds[0], decimals)} to ${signed(bounds[1], decimals)}`;
}

function numbers(paired: PairedNumber | null, usual = 3): string[] {
  const d = decimalsOf(paired?.interval ?? null, usual);
  return [
    number(paired?.champion, d),
    number(paired?.challenger, d),
    signed(paired?.difference, d),
    interval(paired?.interval ?? null, d),
  ];
}

function scoreTable(verdict: Verdict): string {
  const direction = verdict.overall[verdict.metric]?.direction ?? 1;
  const { score } = verdict;
  const turned: readonly [number, number] | null =
    score.interval === null || direction === 1 ? score.interval : [-score.interval[1], -score.interval[0]];
  const d = decimalsOf(turned);
  const difference = score.difference === null ? null : score.difference * direction;
  const less = (sign: 1 | -1): string => (sign === -1 ? " (less is better)" : "");
  return table(
    [
      "",
      markdownText(verdict.champion),
      markdownText(verdict.challenger),
      "difference",
      `${percent(score.confidence)} interval`,
    ],
    ["l", "r", "r", "r", "r"],
    [
      [
        `**weighted score** of ${markdownText(verdict.metric)}${less(direction)}`,
        number(score.champion, d),
        number(score.challenger, d),
        `**${signed(difference, d)}**`,
        interval(turned, d),
      ],
      ...Object.entries(verdict.overall).map(([metric, paired]) => [
        `all: ${markdownText(metric)}${less(paired.direction)}`,
        ...numbers(paired),
      ]),
    ],
  );
}

function sliceRows(verdict: Verdict, all: boolean): string {
  const ordered = byCost(verdict);
  if (ordered.length === 0) return "";
  const shown = all || ordered.length <= FIRST + 1 ? ordered : ordered.slice(0, FIRST);
  const lists = verdict.counts.groups !== null;
  const rowsAreUnits = verdict.slices.every((s) => s.units === s.rows);
  const row = (s: SliceResult): string[] => [
    `${outcomeGlyphs[s.outcome]} ${markdownText(s.name)}${s.blocking ? " **blocks**" : ""}`,
    number(s.weight, 2),
    number(lists ? (s.groups ?? 0) : s.rows, 0),
    ...(rowsAreUnits ? [] : [number(s.units, 0)]),
    ...numbers(deciding(verdict, s), usualDecimals(verdict)),
    outcomeWords[s.outcome],
  ];
  const head = [
    "slice",
    "weight",
    lists ? "lists" : "rows",
    ...(rowsAreUnits ? [] : ["units"]),
    markdownText(verdict.champion),
    markdownText(verdict.challenger),
    "difference",
    "interval",
    "outcome",
  ];
  const rest = ordered.length - shown.length;
  return `${table(
    head,
    head.map((title) => (title === "slice" || title === "outcome" ? "l" : "r")),
    shown.map(row),
  )}${rest > 0 ? `\n\n… ${rest} more slices in the report.` : ""}`;
}

function gateTable(verdict: Verdict): string {
  if (verdict.gates.length === 0) return "";
  const rows = verdict.gates.map((g) => [
    `${outcomeGlyphs[g.outcome]} ${markdownText(g.name)}`,
    outcomeWords[g.outcome],
    markdownText(g.reason),
  ]);
  const turned =
    verdict.overall[verdict.metric]?.direction === -1 ? "\n\nGates turn the numbers so that more is better." : "";
  return table(["gate", "outcome", "why"], ["l", "l", "l"], rows) + turned;
}

function remarks(verdict: Verdict, options: MarkdownOptions): string {
  const lines = [
    ...(options.wouldFlip ?? []).map((t) => `- would flip: ${markdownText(t)}`),
    ...nextSteps(verdict, options.record ?? []).map((t) => `- next: ${markdownText(t)}`),
    ...verdict.notes.map((n) =>
      [`- ${n.severity}: ${markdownText(n.message)}`, ...(n.mend ?? []).map(code)].join("<br>"),
    ),
  ];
  return lines.join("\n");
}

function provenance(verdict: Verdict): string {
  const { fingerprints: prints } = verdict;
  const lines = [
    `${markdownText(countsInWords(verdict.counts))}; ${markdownText(verdict.score.method)}, ${percent(verdict.score.confidence)}, seed ${verdict.seed}.`,
    `data ${code(prints.data)}, policy ${code(prints.policy)}, ${code(prints.product)}`,
  ];
  return `<details><summary>How this was computed</summary>\n\n${lines.join("<br>\n")}\n\n</details>`;
}

function code(text: string): string {
  return `<code>${markdownText(text)}</code>`;
}
