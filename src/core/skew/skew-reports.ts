import { html, type Markup } from "../report/markup.ts";
import { framePage } from "../report/page-frame.ts";
import { dataTable, mark, methodPart } from "../report/page-parts.ts";
import { dayWords } from "../report/time-words.ts";
import { documentTheme } from "../report/page-theme.ts";
import { xmlText } from "../report/junit.ts";
import type { FeatureSkew } from "./compare-features.ts";
import type { SkewDocument } from "./skew-document.ts";

const style = `${documentTheme}
main { max-width: 1080px; }
`;

/** report.html of a skew check: one file, no script, all text from data escaped. */
export function renderSkewHtml(skew: SkewDocument): string {
  const bad = skew.features.filter((feature) => feature.differing > 0);
  const file = (files: readonly string[]): string => files.map((name) => name.split("/").at(-1)).join(", ");
  return framePage({
    title: `${skew.outcome === "skew" ? "Skew" : "No skew"}: ${file(skew.logged.files)}`,
    style,
    body: html`<p class="kicker">${file(skew.logged.files)} against ${file(skew.raw.files)} · ${count(skew.rows.joined)} requests in both</p>
<h1>${featureMark(skew.outcome === "skew")} ${skew.reason}</h1>
<p class="told">${told(skew)}</p>
${bad.map((feature, i) => featureSection(feature, i))}
${features(skew)}
${methodPart(method(skew))}`,
  }).html;
}

const featureMark = (differs: boolean): Markup => mark(differs, ["as it should be", "differs", ""]);

const count = (rows: number): string => rows.toLocaleString("en-US");

function percent(share: number): string {
  return `${(100 * share).toFixed(2)}%`;
}

/** Rows that could not be compared are said here: a join that loses half of them would otherwise look like an answer. */
function told({ rows, affected_rows, affected_share, limit }: SkewDocument): string {
  const lost = [
    ...(rows.only_raw > 0 ? [`${count(rows.only_raw)} only in the raw table`] : []),
    ...(rows.only_logged > 0 ? [`${count(rows.only_logged)} only in the log`] : []),
    ...(rows.repeated > 0 ? [`${count(rows.repeated)} with an id that comes more than once`] : []),
  ];
  const compared = `${count(affected_rows)} of ${count(rows.joined)} requests differ (${percent(affected_share)}; ${limit === 0 ? "none" : percent(limit)} may).`;
  return lost.length === 0 ? compared : `${compared} Not compared: ${lost.join(", ")}.`;
}

function featureSection(feature: FeatureSkew, index: number): Markup {
  const share =
    feature.share_since === null
      ? ""
      : `; ${percent(feature.share_since)} of those since ${dayWords(feature.since ?? "")}`;
  const earliest =
    feature.since_earliest === null ? "" : ` It may have begun as early as ${dayWords(feature.since_earliest)} (95%).`;
  const by =
    feature.mean_difference === null
      ? ""
      : ` Off by ${signed(feature.mean_difference)} on average${feature.mean_difference_sd === null ? "" : ` (${feature.mean_difference_sd.toFixed(1)} standard deviations)`}.`;
  const cause = feature.cause;
  const why =
    cause === null || cause.kind === "unknown"
      ? "No known mistake explains it."
      : `Likely cause, ${cause.kind}: ${cause.sentence} (explains ${percent(cause.explains)} of them).`;
  const examples = feature.examples.map((example) => [
    example.id,
    example.time === null ? "" : dayWords(example.time),
    shown(example.right),
    shown(example.logged),
  ]);
  const columns = [
    { head: "id" },
    { head: "time" },
    { head: "should be", number: true },
    { head: "was logged", number: true },
  ];
  return html`<section id="feature-${index}"><h2>${featureMark(true)} <bdi>${feature.name}</bdi></h2>
<p>${count(feature.differing)} of ${count(feature.rows)} rows differ (${percent(feature.share)}${share}).${by}${earliest}</p>
<p>${why}</p>
${dataTable(`Examples of ${feature.name}`, columns, examples)}</section>\n`;
}

function features({ features: all }: SkewDocument): Markup {
  const rows = all.map((feature) => [
    html`${featureMark(feature.differing > 0)} <bdi>${feature.name}</bdi>`,
    feature.transformation,
    count(feature.rows),
    count(feature.differing),
    percent(feature.share),
    feature.since === null ? "" : dayWords(feature.since),
  ]);
  const columns = [
    { head: "feature" },
    { head: "transformation", long: true },
    { head: "rows", number: true },
    { head: "differ", number: true },
    { head: "share", number: true },
    { head: "since" },
  ];
  return html`<section><h2>All features</h2>${dataTable("All features", columns, rows)}</section>`;
}

function method({ tolerance, raw, logged, notes }: SkewDocument): string[] {
  return [
    `Rows are joined on their id; a number differs when it is off by more than ${tolerance} × max(1, size).`,
    "A cause is named when a known mistake, applied to the inputs or the result, gives the logged value of at least 80% of the rows that differ.",
    `Raw: ${raw.files.join(", ")} (${count(raw.rows)} rows). Logged: ${logged.files.join(", ")} (${count(logged.rows)} rows).`,
    ...notes.map((note) => `${note.severity}: ${note.message}`),
  ];
}

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${String(Number(Math.abs(value).toPrecision(4)))}`;
}

/** As many digits as tell two numbers apart, not all that a computer keeps. */
function shown(value: FeatureSkew["examples"][number]["right"]): string {
  return typeof value === "number" ? String(Number(value.toPrecision(7))).replace("-", "−") : String(value);
}

/** JUnit XML: one case per feature. */
export function renderSkewJUnit(skew: SkewDocument): string {
  const fails = (feature: FeatureSkew): boolean => skew.outcome === "skew" && feature.differing > 0;
  const failures = skew.features.filter(fails).length;
  const totals = `tests="${skew.features.length}" failures="${failures}" errors="0" skipped="0"`;
  const cases = skew.features.map((feature) => {
    const open = `    <testcase classname="skew" name="${xmlText(feature.name)}"`;
    if (!fails(feature)) return `${open}/>`;
    const message = `${feature.differing} rows differ since ${feature.since ?? "the first row"}: ${feature.cause?.sentence ?? ""}`;
    return `${open}><failure message="${xmlText(message)}"/></testcase>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="umpire skew" ${totals}>\n  <testsuite name="skew" ${totals}>\n${cases.join("\n")}\n  </testsuite>\n</testsuites>\n`;
}
