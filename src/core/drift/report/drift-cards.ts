import { html, type Markup } from "../../report/markup.ts";
import { dataTable, mark } from "../../report/page-parts.ts";
import { dayWords } from "../../report/time-words.ts";
import type { ColumnDrift, DriftDocument } from "../drift-document.ts";
import { formatNumber, formatShare } from "../plain-answer.ts";
import { distributionPicture, timelinePicture } from "./column-pictures.ts";

export const columnMark = (drifted: boolean | null): Markup => mark(drifted, ["did not move", "moved", "not judged"]);

/** One column: what moved in words, both distributions over each other, its way over time, and the tests, folded. */
export function columnCard(column: ColumnDrift, id: string, drift: DriftDocument): Markup {
  const since = column.since === null ? "" : ` · ${column.shape ?? "moved"} since ${dayWords(column.since)}`;
  const { periods, decision } = drift;
  const timeline =
    periods === null || periods.length === 0
      ? null
      : timelinePicture(periods, column.name, decision.floor, decision.by ?? "period");
  const sentence = [column.plain.sentence, column.reason].filter((part) => part !== "").join("; ");
  return html`<article id="${id}" tabindex="-1">
<h3>${columnMark(column.drifted)} <bdi>${column.name}</bdi> <small>effect ${column.effect === null ? "none" : column.effect.toFixed(3)}${since}</small></h3>
<p>${sentence}.</p>
<div class="charts">${distributionPicture(column.picture, column.name)}${timeline}</div>
${textFacts(column)}
<details><summary>Numbers and tests of <bdi>${column.name}</bdi></summary>${numbers(column)}${tests(column)}</details>
</article>\n`;
}

function numbers({ name, plain: { reference, current } }: ColumnDrift): Markup {
  const missing = (side: typeof reference): string =>
    `${side.missing.toLocaleString("en-US")} (${formatShare(side.missing / Math.max(1, side.rows))})`;
  const rows: [string, string, string][] = [
    ["rows", reference.rows.toLocaleString("en-US"), current.rows.toLocaleString("en-US")],
    ["missing", missing(reference), missing(current)],
    ["distinct, estimated", formatNumber(reference.distinct), formatNumber(current.distinct)],
    ...(["mean", "sd", "median", "minimum", "maximum"] as const)
      .filter((key) => reference[key] !== null || current[key] !== null)
      .map((key): [string, string, string] => [key, formatNumber(reference[key]), formatNumber(current[key])]),
  ];
  return dataTable(
    `Numbers of ${name}`,
    [{ head: "measure" }, { head: "reference", number: true }, { head: "current", number: true }],
    rows,
  );
}

function tests(column: ColumnDrift): Markup {
  const rows = Object.entries(column.tests).map(([name, test]) => {
    const p =
      test.p_value === null ? "" : test.p_value < 0.001 ? test.p_value.toExponential(1) : test.p_value.toFixed(3);
    return [name, test.statistic === null ? "" : formatNumber(test.statistic), p, test.reason ?? test.method];
  });
  const columns = [
    { head: "test" },
    { head: "statistic", number: true },
    { head: "p", number: true },
    { head: "how", long: true },
  ];
  return dataTable(`Tests of ${column.name}`, columns, rows);
}

function textFacts({ text: facts }: ColumnDrift): Markup | null {
  if (facts === null) return null;
  const words = (shifts: ReadonlyArray<{ word: string; reference: number; current: number }>): string =>
    shifts
      .slice(0, 10)
      .map((shift) => `${shift.word} (${shift.reference.toFixed(2)} → ${shift.current.toFixed(2)})`)
      .join(", ") || "none";
  const unseen = facts.unseen.slice(0, 10).map((entry) => entry.word);
  const languages = facts.languages.map(
    ({ language, reference, current }) => `${language} ${formatShare(reference)} → ${formatShare(current)}`,
  );
  const share = (value: number | null): string => (value === null ? "not known" : formatShare(value));
  const lines = [
    `Unknown words ${share(facts.unknown_words.reference)} → ${share(facts.unknown_words.current)}, most often: ${unseen.join(", ") || "none"}.`,
    `More frequent, per 1,000 words: ${words(facts.more_frequent)}.`,
    `Less frequent, per 1,000 words: ${words(facts.less_frequent)}.`,
    `Languages: ${languages.join(", ")}.`,
  ];
  if (facts.domain_classifier.auc !== null) {
    lines.push(`Texts told apart by their words with AUC ${facts.domain_classifier.auc.toFixed(3)}.`);
  }
  return html`<ul class="prose">${lines.map((line) => html`<li>${line}</li>`)}</ul>`;
}
