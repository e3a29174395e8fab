import { htmlText } from "../../report/html.ts";
import { harmless } from "../../report/text-width.ts";
import type { ColumnDrift, DriftDocument } from "../drift-document.ts";
import { formatNumber, formatShare } from "../plain-answer.ts";
import { driftStyle, styleSource } from "./drift-style.ts";
import { distributionChart, heatMap, timelineChart } from "./svg-charts.ts";

const cardLimit = 40;

/** report.html of a comparison: one file, no script, nothing from the network; all text from data is escaped. */
export function renderDriftHtml(drift: DriftDocument): string {
  const cards = drift.columns.filter((column) => column.drifted !== null).slice(0, cardLimit);
  const policy = `default-src 'none'; style-src '${styleSource()}'; img-src data:; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${text(title(drift))}</title>
<link rel="icon" href="data:,">
<style>${driftStyle}</style>
</head>
<body>
<main>
<p class="quiet">${text(sides(drift))}</p>
<h1><span class="${drift.outcome === "drift" ? "bad" : "good"}">${outcomeGlyph(drift)}</span> ${text(drift.reason)}</h1>
<p>${text(sureness(drift))}</p>
${warnings(drift)}
${drift.periods === null ? "" : `<section><h2>Columns by period</h2><p class="quiet">Darker: farther from the reference. A red bar below a cell: an alarm.</p><div class="scroll">${heatMap(drift)}</div></section>`}
${volumeSection(drift)}
${jointSection(drift)}
<section><h2>Columns</h2>
<p class="legend"><span class="key ref"></span> reference <span class="key cur"></span> current</p>
${cards.map((column) => card(column, drift)).join("\n")}
</section>
${table(drift)}
${method(drift)}
</main>
</body>
</html>
`;
}

function text(value: string): string {
  return htmlText(harmless(value));
}

function title(drift: DriftDocument): string {
  return { drift: "Drift", "no-drift": "No drift", "not-enough-data": "Not enough data" }[drift.outcome];
}

function outcomeGlyph(drift: DriftDocument): string {
  return { drift: "✗", "no-drift": "✓", "not-enough-data": "·" }[drift.outcome];
}

function sides(drift: DriftDocument): string {
  const side = (facts: DriftDocument["reference"]): string => {
    const files = facts.files.map((file) => file.split("/").at(-1)).join(", ");
    const period = facts.period === null ? "" : `, ${facts.period[0].slice(0, 10)} to ${facts.period[1].slice(0, 10)}`;
    return `${files} (${formatNumber(facts.rows)} rows${period})`;
  };
  return `${side(drift.current)} against ${side(drift.reference)}`;
}

function sureness(drift: DriftDocument): string {
  const { decision } = drift;
  const per = decision.false_alarms_per === "month" ? "a month" : "a comparison";
  return `When nothing moves, at most ${formatNumber(drift.expected_false_alarms)} false alarms ${per} are expected, all columns together. ${decision.convention}`;
}

function volumeSection({ volume }: DriftDocument): string {
  if (volume === null) return "";
  const rows = volume.low.map((period) => {
    const cells = [
      period.from.slice(0, 16).replace("T", " "),
      formatNumber(period.rows),
      formatNumber(period.usual_rows),
    ];
    return `<tr>${cells.map((cell) => `<td>${text(cell)}</td>`).join("")}</tr>`;
  });
  const table = `<div class="scroll"><table><thead><tr><th>from</th><th>rows</th><th>usual rows</th></tr></thead><tbody>${rows.slice(0, 100).join("")}</tbody></table></div>`;
  return `<section id="volume"><h2>Rows</h2><p>${mark(volume.drifted)} ${text(volume.reason)}.</p>${rows.length === 0 ? "" : table}</section>`;
}

/** What the answer does not cover, where readers see it. */
function warnings(drift: DriftDocument): string {
  const lines = [
    ...(drift.only_in_reference.length === 0 ? [] : [`Gone: ${drift.only_in_reference.join(", ")}`]),
    ...(drift.only_in_current.length === 0 ? [] : [`New: ${drift.only_in_current.join(", ")}`]),
    ...drift.notes.filter((note) => note.severity !== "info").map((note) => note.message),
  ];
  if (lines.length === 0) return "";
  return `<ul class="notes">${lines.map((line) => `<li>${text(line)}</li>`).join("")}</ul>`;
}

function jointSection(drift: DriftDocument): string {
  const { pca, domain_classifier: classifier } = drift.joint;
  const items: string[] = [];
  if (pca.statistic !== null) {
    items.push(`${mark(pca.drifted)} ${text(`Columns together (principal components): ${pca.reason}.`)}`);
  }
  if (classifier.auc !== null && classifier.interval !== null) {
    const by = classifier.importances.slice(0, 5).map((one) => `${one.name} ${(100 * one.share).toFixed(0)}%`);
    const [low, high] = classifier.interval;
    const answer = `A model tells current from reference rows with AUC ${classifier.auc.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)}; 0.5 is not at all), by ${by.join(", ")}. ${classifier.reason}.`;
    items.push(`${mark(classifier.drifted)} ${text(answer)}`);
  }
  if (items.length === 0) return "";
  return `<section><h2>All columns together</h2><ul>${items.map((item) => `<li>${item}</li>`).join("")}</ul></section>`;
}

function mark(drifted: boolean | null): string {
  if (drifted === null) return '<span class="quiet">?</span>';
  return drifted ? '<span class="bad">✗</span>' : '<span class="good">✓</span>';
}

function card(column: ColumnDrift, drift: DriftDocument): string {
  const since = column.since === null ? "" : ` · ${column.shape ?? "moved"} since ${column.since}`;
  const timeline = drift.periods === null ? "" : timelineChart(drift.periods, column.name, drift.decision.floor);
  return `<article id="${text(`column-${column.name}`)}">
<h3>${mark(column.drifted)} ${text(column.name)} <small>${text(`effect ${(column.effect ?? 0).toFixed(3)}${since}`)}</small></h3>
<p>${text([column.plain.sentence, column.reason].filter((part) => part !== "").join(". "))}</p>
<div class="charts"><figure>${distributionChart(column.picture, column.name)}</figure>${timeline === "" ? "" : `<figure>${timeline}</figure>`}</div>
${textFacts(column)}
<details><summary>Tests</summary>${testTable(column)}</details>
</article>`;
}

function textFacts(column: ColumnDrift): string {
  const facts = column.text;
  if (facts === null) return "";
  const words = (shifts: ReadonlyArray<{ word: string; reference: number; current: number }>): string =>
    shifts
      .slice(0, 10)
      .map((shift) => `${shift.word} (${shift.reference.toFixed(2)} → ${shift.current.toFixed(2)})`)
      .join(", ");
  const lines = [
    `Unknown words ${formatShare(facts.unknown_words.reference ?? 0)} → ${formatShare(facts.unknown_words.current ?? 0)}, most often: ${
      facts.unseen
        .slice(0, 10)
        .map((entry) => entry.word)
        .join(", ") || "none"
    }.`,
    `More frequent, per 1,000 words: ${words(facts.more_frequent)}.`,
    `Less frequent: ${words(facts.less_frequent)}.`,
    `Languages: ${facts.languages.map((entry) => `${entry.language} ${formatShare(entry.reference)} → ${formatShare(entry.current)}`).join(", ")}.`,
  ];
  if (facts.domain_classifier.auc !== null) {
    lines.push(`Texts told apart by their words with AUC ${facts.domain_classifier.auc.toFixed(3)}.`);
  }
  return `<ul>${lines.map((line) => `<li>${text(line)}</li>`).join("")}</ul>`;
}

function testTable(column: ColumnDrift): string {
  const rows = Object.entries(column.tests).map(([name, test]) => {
    const p =
      test.p_value === null ? "" : test.p_value < 0.001 ? test.p_value.toExponential(1) : test.p_value.toFixed(3);
    const cells = [name, test.statistic === null ? "" : formatNumber(test.statistic), p, test.reason ?? test.method];
    return `<tr>${cells.map((cell) => `<td>${text(cell)}</td>`).join("")}</tr>`;
  });
  return `<div class="scroll"><table><thead><tr><th>test</th><th>statistic</th><th>p</th><th>how</th></tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}

function table(drift: DriftDocument): string {
  const rows = drift.columns.map((column) => {
    const { reference, current } = column.plain;
    const cells = [
      column.name,
      column.kind,
      column.effect === null ? "" : column.effect.toFixed(3),
      column.adjusted_p_value === null
        ? ""
        : column.adjusted_p_value < 0.001
          ? "<0.001"
          : column.adjusted_p_value.toFixed(3),
      `${formatNumber(reference.mean)} → ${formatNumber(current.mean)}`,
      `${formatNumber(reference.minimum)} to ${formatNumber(reference.maximum)}`,
      `${formatNumber(current.minimum)} to ${formatNumber(current.maximum)}`,
      `${formatShare(reference.missing / Math.max(1, reference.rows))} → ${formatShare(current.missing / Math.max(1, current.rows))}`,
      column.reason,
    ];
    return `<tr><td>${mark(column.drifted)}</td>${cells.map((cell) => `<td>${text(cell)}</td>`).join("")}</tr>`;
  });
  const head = [
    "",
    "column",
    "kind",
    "effect",
    "p, corrected",
    "mean",
    "reference range",
    "current range",
    "missing",
    "answer",
  ];
  return `<section><h2>All columns</h2><div class="scroll"><table><thead><tr>${head.map((name) => `<th>${name}</th>`).join("")}</tr></thead><tbody>${rows.join("")}</tbody></table></div></section>`;
}

function method(drift: DriftDocument): string {
  const { decision } = drift;
  const lines = [
    decision.convention,
    `alpha ${decision.alpha}, floor ${decision.floor}, surprise by ${decision.surprise}${decision.season === null ? "" : `, season ${decision.season}`}; reference windows ${decision.windows}, an alarm needs ${decision.windows_needed}; seed ${drift.seed}.`,
    "Effect: the larger of Jensen-Shannon distance on the column's groups (missing is one) and Kolmogorov-Smirnov distance; 0 is equal, 1 is disjoint.",
    ...drift.notes.map((note) => `${note.severity}: ${note.message}`),
  ];
  return `<details class="method"><summary>How this was computed</summary><ul>${lines.map((line) => `<li>${text(line)}</li>`).join("")}</ul></details>`;
}
