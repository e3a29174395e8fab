import { html, type Markup } from "../../report/markup.ts";
import { framePage } from "../../report/page-frame.ts";
import { dataTable, mark, methodPart } from "../../report/page-parts.ts";
import { dayWords } from "../../report/time-words.ts";
import type { ColumnDrift, DriftDocument } from "../drift-document.ts";
import { formatNumber, formatShare } from "../plain-answer.ts";
import { columnCard, columnMark } from "./drift-cards.ts";
import { overview } from "./drift-overview.ts";
import { driftStyle } from "./drift-style.ts";

const mostCards = 60;

/** report.html of a comparison: one file, no script, nothing from the network; all text from data is escaped. */
export function renderDriftHtml(drift: DriftDocument): string {
  const judged = drift.columns.filter((column) => column.drifted !== null || column.effect !== null);
  const carded = judged.slice(0, mostCards);
  const links = new Map(carded.map((column, i) => [column.name, `column-${i}`]));
  return framePage({
    title: `${words[drift.outcome]}: ${fileNames(drift.current.files)} against ${fileNames(drift.reference.files)}`,
    style: driftStyle,
    body: html`<p class="kicker">${sides(drift)}</p>
<h1>${outcomeMark(drift)} ${drift.reason}</h1>
<p class="told">${sureness(drift)}</p>
${warnings(drift)}
${overview(drift, links)}
${volumeSection(drift)}
${jointSection(drift)}
${streamSection(drift)}
${columnsSection(carded, judged.length, links, drift)}
${table(drift)}
${methodPart(method(drift))}`,
  }).html;
}

const words = { drift: "Drift", "no-drift": "No drift", "not-enough-data": "Not enough data" } as const;

function outcomeMark({ outcome }: DriftDocument): Markup {
  if (outcome === "not-enough-data") return html`<span role="img" aria-label="not enough data">·</span>`;
  return mark(outcome === "drift", ["no drift", "drift", ""]);
}

function fileNames(files: readonly string[]): string {
  return files.map((file) => file.split("/").at(-1)).join(", ");
}

function sides(drift: DriftDocument): string {
  const side = (facts: DriftDocument["reference"]): string => {
    const period = facts.period === null ? "" : `, ${dayOnly(facts.period[0])} to ${dayOnly(facts.period[1])}`;
    return `${fileNames(facts.files)} (${facts.rows.toLocaleString("en-US")} rows${period})`;
  };
  return `${side(drift.current)} against ${side(drift.reference)}`;
}

const dayOnly = (text: string): string => dayWords(text.slice(0, 10));

function sureness({ decision, expected_false_alarms: expected }: DriftDocument): string {
  const per = decision.false_alarms_per === "month" ? "a month" : "a comparison";
  const number = expected >= 1 ? expected.toFixed(1) : formatNumber(expected);
  return `When nothing moves, at most ${number} false alarms ${per} are to be expected, all columns together.`;
}

/** What the answer does not cover, where readers see it. */
function warnings(drift: DriftDocument): Markup | null {
  const lines = [
    ...(drift.only_in_reference.length === 0 ? [] : [`Only in the reference: ${drift.only_in_reference.join(", ")}`]),
    ...(drift.only_in_current.length === 0 ? [] : [`Only in the current rows: ${drift.only_in_current.join(", ")}`]),
    ...drift.notes.filter((note) => note.severity !== "info").map((note) => note.message),
  ];
  return lines.length === 0
    ? null
    : html`<ul class="prose warnings">${lines.map((line) => html`<li>${line}</li>`)}</ul>`;
}

function volumeSection({ volume }: DriftDocument): Markup | null {
  if (volume === null) return null;
  const rows = volume.low
    .slice(0, 100)
    .map((period) => [dayWords(period.from), formatNumber(period.rows), formatNumber(period.usual_rows)]);
  const columns = [{ head: "from" }, { head: "rows", number: true }, { head: "usual rows", number: true }];
  const table = rows.length === 0 ? null : dataTable("Periods that lack rows", columns, rows);
  return html`<section id="volume"><h2>Rows</h2><p>${columnMark(volume.drifted)} ${volume.reason}.</p>${table}</section>`;
}

function jointSection(drift: DriftDocument): Markup | null {
  const { pca, domain_classifier: classifier } = drift.joint;
  const items: Markup[] = [];
  if (pca.statistic !== null) {
    items.push(html`${columnMark(pca.drifted)} How columns vary together (principal components): ${pca.reason}.`);
  }
  if (classifier.auc !== null && classifier.interval !== null) {
    const by = classifier.importances.slice(0, 5).map((one) => `${one.name} ${(100 * one.share).toFixed(0)}%`);
    const [low, high] = classifier.interval;
    items.push(
      html`${columnMark(classifier.drifted)} A model tells current from reference rows with AUC ${classifier.auc.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)}; 0.5 is not at all)${by.length === 0 ? "" : `, by ${by.join(", ")}`}: ${classifier.reason}.`,
    );
  }
  return items.length === 0 ? null : listSection("All columns together", items);
}

function streamSection({ streams }: DriftDocument): Markup | null {
  if (streams === null) return null;
  const alarms = streams.detectors.filter((detector) => detector.alarm_at_row !== null);
  const promise = `at most one false alarm in ${formatNumber(streams.promised_rows)} rows on average, all detectors together`;
  if (alarms.length === 0)
    return listSection("Row by row", [
      html`${columnMark(false)} No alarm of ${streams.detectors.length} detectors (${promise}).`,
    ]);
  return listSection("Row by row", [
    ...alarms.map(
      (alarm) =>
        html`${columnMark(true)} ${alarm.watched} of <bdi>${alarm.column}</bdi> ${alarm.direction} ${formatNumber(alarm.baseline)}: alarm at row ${formatNumber(alarm.alarm_at_row)}${alarm.time === null ? "" : ` (${dayWords(alarm.time)})`}, began about row ${formatNumber(alarm.began_after_row)}.`,
    ),
    html`Of ${streams.detectors.length} detectors; ${promise}.`,
  ]);
}

function listSection(title: string, items: readonly Markup[]): Markup {
  return html`<section><h2>${title}</h2><ul class="prose">${items.map((item) => html`<li>${item}</li>`)}</ul></section>`;
}

/** What moved is open; the rest is folded, so that a table of forty columns does not hide three that matter. */
function columnsSection(
  carded: readonly ColumnDrift[],
  judged: number,
  links: ReadonlyMap<string, string>,
  drift: DriftDocument,
): Markup {
  const card = (column: ColumnDrift): Markup => columnCard(column, links.get(column.name) ?? "", drift);
  const moved = carded.filter((column) => column.drifted === true);
  const rest = carded.filter((column) => column.drifted !== true);
  const cut =
    carded.length < judged
      ? html`<p class="quiet">The first ${carded.length} of ${judged} columns; the table below has all.</p>`
      : null;
  const name =
    drift.outcome === "not-enough-data"
      ? `${rest.length} columns, not judged`
      : `${rest.length} columns that did not move`;
  const folded = html`<details class="rest"${moved.length === 0 && rest.length <= 6 ? html` open` : null}><summary>${name}</summary>${rest.map(card)}</details>`;
  return html`<section><h2>${moved.length === 0 ? "Columns" : "What moved"}</h2>${cut}
${moved.map(card)}${rest.length === 0 ? null : folded}</section>`;
}

function table(drift: DriftDocument): Markup {
  const range = (side: ColumnDrift["plain"]["reference"]): string =>
    side.minimum === null && side.maximum === null
      ? ""
      : `${formatNumber(side.minimum)} to ${formatNumber(side.maximum)}`;
  const rows = drift.columns.map((column) => {
    const { reference, current } = column.plain;
    const p = column.adjusted_p_value;
    return [
      html`${columnMark(column.drifted)} <bdi>${column.name}</bdi>`,
      column.kind,
      column.effect === null ? "" : column.effect.toFixed(3),
      p === null ? "" : p < 0.001 ? "<0.001" : p.toFixed(3),
      reference.mean === null && current.mean === null
        ? ""
        : `${formatNumber(reference.mean)} → ${formatNumber(current.mean)}`,
      range(reference),
      range(current),
      `${formatShare(reference.missing / Math.max(1, reference.rows))} → ${formatShare(current.missing / Math.max(1, current.rows))}`,
      column.reason,
    ];
  });
  const columns = [
    { head: "column" },
    { head: "kind" },
    { head: "effect", number: true },
    { head: "p, corrected", number: true },
    { head: "mean", number: true },
    { head: "reference range", number: true },
    { head: "current range", number: true },
    { head: "missing", number: true },
    { head: "answer", long: true },
  ];
  return html`<section><h2>All columns</h2>${dataTable("All columns", columns, rows)}</section>`;
}

function method(drift: DriftDocument): string[] {
  const { decision } = drift;
  const season = decision.season === null ? "" : `, season ${decision.season}`;
  const side = (name: string, { files, fingerprint }: DriftDocument["reference"]): string =>
    `${name}: ${files.join(", ")}${fingerprint === null ? "" : `; SHA-256 ${fingerprint}`}.`;
  return [
    decision.convention,
    `Alpha ${decision.alpha}, floor ${decision.floor}, surprise by ${decision.surprise}${season}; reference windows ${decision.windows}, an alarm needs ${decision.windows_needed}; seed ${drift.seed}.`,
    "Effect: the larger of Jensen-Shannon distance on the column's groups (missing is one) and Kolmogorov-Smirnov distance; 0 is equal, 1 is disjoint.",
    side("Reference", drift.reference),
    side("Current", drift.current),
    ...drift.notes.filter((note) => note.severity === "info").map((note) => `${note.severity}: ${note.message}`),
  ];
}
