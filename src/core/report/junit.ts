/**
 * A verdict as JUnit XML, which every pipeline can show: one test case per gate, slice and baseline. fail is a failure,
 * not evaluated an error, not enough data skipped. Slices that do not block never decide, so theirs is a skipped case
 * with the reason where they lose.
 */
import type { Outcome } from "../findings.ts";
import type { PairedNumber, Score, Verdict } from "../gates/verdict.ts";
import { decimalsOf, signed } from "./numbers.ts";
import { deciding } from "./slice-order.ts";
import { outcomeWords } from "./words.ts";

interface Case {
  readonly group: "gates" | "slices" | "baselines";
  readonly name: string;
  readonly outcome: Outcome;
  readonly decides: boolean;
  readonly reason: string;
  readonly properties: readonly (readonly [string, string])[];
}

/** Text inside an XML element or attribute; characters that XML 1.0 cannot hold become U+FFFD. */
export function xmlText(text: string): string {
  return text
    .replace(
      /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g,
      "\uFFFD",
    )
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;")
    .replace(/'/g, "&apos;")
    .replace(/[\t\n\r]/g, (c) => `&#${c.charCodeAt(0)};`);
}

export function renderJUnit(verdict: Verdict): string {
  const cases = [...gateCases(verdict), ...sliceCases(verdict), ...baselineCases(verdict)];
  const groups = (["gates", "slices", "baselines"] as const)
    .map((group) => ({ group, cases: cases.filter((c) => c.group === group) }))
    .filter((g) => g.cases.length > 0);
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${xmlText(`umpire ${verdict.model}`)}" ${totals(cases)}>`,
    ...groups.flatMap((g) => [
      `  <testsuite name="${xmlText(`${verdict.model} ${g.group}`)}" ${totals(g.cases)}>`,
      ...(g.group === "gates" ? verdictProperties(verdict) : []),
      ...g.cases.flatMap((c) => caseLines(verdict, c)),
      "  </testsuite>",
    ]),
    "</testsuites>",
  ];
  return `${lines.join("\n")}\n`;
}

type Element = "failure" | "error" | "skipped" | null;

function elementOf(test: Case): Element {
  if (test.outcome === "pass") return null;
  if (!test.decides || test.outcome === "not-enough-data") return "skipped";
  return test.outcome === "fail" ? "failure" : "error";
}

function totals(cases: readonly Case[]): string {
  const of = (element: Element): number => cases.filter((c) => elementOf(c) === element).length;
  return `tests="${cases.length}" failures="${of("failure")}" errors="${of("error")}" skipped="${of("skipped")}" time="0"`;
}

function propertyLines(properties: Case["properties"], indent: string): string[] {
  if (properties.length === 0) return [];
  const lines = properties.map(
    ([name, value]) => `${indent}  <property name="${xmlText(name)}" value="${xmlText(value)}"/>`,
  );
  return [`${indent}<properties>`, ...lines, `${indent}</properties>`];
}

function verdictProperties(verdict: Verdict): string[] {
  const { fingerprints: prints } = verdict;
  return propertyLines(
    [
      ["decision", verdict.decision],
      ["metric", verdict.metric],
      ["champion", verdict.champion],
      ["challenger", verdict.challenger],
      ["rows", String(verdict.counts.rows)],
      ["units", String(verdict.counts.units)],
      ["confidence", String(verdict.score.confidence)],
      ["method", verdict.score.method],
      ["seed", String(verdict.seed)],
      ["data", prints.data],
      ["policy", prints.policy],
      ["product", prints.product],
    ],
    "    ",
  );
}

function caseLines(verdict: Verdict, test: Case): string[] {
  const element = elementOf(test);
  const start = `    <testcase classname="${xmlText(`${verdict.model}.${test.group}`)}" name="${xmlText(test.name)}" time="0"`;
  if (element === null && test.properties.length === 0) return [`${start}/>`];
  const message = `${outcomeWords[test.outcome]}${test.decides ? "" : " (does not block)"}: ${test.reason}`;
  const type = element === "skipped" ? "" : ` type="${xmlText(test.outcome)}"`;
  return [
    `${start}>`,
    ...propertyLines(test.properties, "      "),
    ...(element === null ? [] : [`      <${element} message="${xmlText(message)}"${type}/>`]),
    "    </testcase>",
  ];
}

function gateCases(verdict: Verdict): Case[] {
  return verdict.gates.map((g) => ({
    group: "gates",
    name: g.name,
    outcome: g.outcome,
    decides: true,
    reason: g.reason,
    properties: Object.entries(g.numbers).map(([k, v]) => [k, v === null ? "null" : String(v)] as const),
  }));
}

function pairedProperties(numbers: PairedNumber | Score): (readonly [string, string])[] {
  const text = (v: number | null | undefined): string => (v === null || v === undefined ? "null" : String(v));
  return [
    ["champion", text(numbers.champion)],
    ["challenger", text(numbers.challenger)],
    ["difference", text(numbers.difference)],
    ["interval_low", text(numbers.interval?.[0])],
    ["interval_high", text(numbers.interval?.[1])],
  ];
}

function differenceInWords(numbers: PairedNumber | Score | null): string {
  if (numbers === null || numbers.difference === null) return numbers?.reason ?? "no value";
  const d = decimalsOf(numbers.interval);
  const bounds =
    numbers.interval === null ? "" : ` (${signed(numbers.interval[0], d)} to ${signed(numbers.interval[1], d)})`;
  return `difference ${signed(numbers.difference, d)}${bounds}`;
}

function sliceCases(verdict: Verdict): Case[] {
  return verdict.slices.map((s) => {
    const numbers = deciding(verdict, s);
    return {
      group: "slices",
      name: s.name,
      outcome: s.outcome,
      decides: s.blocking,
      reason: [s.reason, differenceInWords(numbers)].filter((t) => t !== null).join("; "),
      properties: [
        ["n", String(numbers?.n ?? s.rows)],
        ["units", String(s.units)],
        ["weight", String(s.weight)],
        ["margin", String(s.margin)],
        ...(numbers === null ? [] : pairedProperties(numbers)),
      ],
    };
  });
}

function baselineCases(verdict: Verdict): Case[] {
  return verdict.baselines.map((b) => ({
    group: "baselines",
    name: b.name,
    outcome: b.outcome,
    decides: true,
    reason: differenceInWords(b.score),
    properties: pairedProperties(b.score),
  }));
}
