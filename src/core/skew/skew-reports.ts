import { driftStyle, styleSource } from "../drift/report/drift-style.ts";
import { htmlText } from "../report/html.ts";
import { xmlText } from "../report/junit.ts";
import { harmless } from "../report/text-width.ts";
import type { FeatureSkew } from "./compare-features.ts";
import type { SkewDocument } from "./skew-document.ts";

/** report.html of a skew check: one file, no script, all text from data escaped. */
export function renderSkewHtml(skew: SkewDocument): string {
  const bad = skew.features.filter((feature) => feature.differing > 0);
  const policy = `default-src 'none'; style-src '${styleSource()}'; img-src data:; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${skew.outcome === "skew" ? "Skew" : "No skew"}</title>
<link rel="icon" href="data:,">
<style>${driftStyle}</style>
</head>
<body><main>
<p class="quiet">${text(`${skew.rows.joined.toLocaleString("en-US")} requests in both tables`)}</p>
<h1><span class="${skew.outcome === "skew" ? "bad" : "good"}">${skew.outcome === "skew" ? "✗" : "✓"}</span> ${text(skew.reason)}</h1>
${bad.map(section).join("\n")}
<section><h2>All features</h2><div class="scroll"><table><thead><tr><th>feature</th><th>transformation</th><th>rows that differ</th><th>share</th><th>since</th></tr></thead><tbody>${skew.features
    .map((feature) =>
      row([
        feature.name,
        feature.transformation,
        String(feature.differing),
        percent(feature.share),
        feature.since?.slice(0, 16) ?? "",
      ]),
    )
    .join("")}</tbody></table></div></section>
<details class="method"><summary>How this was computed</summary><ul><li>${text(`Rows are joined on their id; a number differs when it is off by more than ${skew.tolerance} x max(1, size).`)}</li><li>${text("A cause is named when a known mistake, applied to the inputs or the result, gives the logged value of at least 80% of the rows that differ.")}</li></ul></details>
</main></body>
</html>
`;
}

function text(value: string): string {
  return htmlText(harmless(value));
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)}%`;
}

function row(cells: readonly string[]): string {
  return `<tr>${cells.map((cell) => `<td>${text(cell)}</td>`).join("")}</tr>`;
}

function section(feature: FeatureSkew): string {
  const examples = feature.examples.map((example) =>
    row([example.id, example.time?.slice(0, 16) ?? "", String(example.right), String(example.logged)]),
  );
  return `<section><h2>${text(feature.name)}</h2>
<p>${text(`${feature.differing} rows differ (${percent(feature.share)}; ${percent(feature.share_since ?? 0)} since ${feature.since ?? "the first"}).`)}</p>
<p>${text(`Likely cause, ${feature.cause?.kind ?? "unknown"}: ${feature.cause?.sentence ?? ""} (explains ${percent(feature.cause?.explains ?? 0)} of them).`)}</p>
<div class="scroll"><table><thead><tr><th>id</th><th>time</th><th>should be</th><th>was logged</th></tr></thead><tbody>${examples.join("")}</tbody></table></div></section>`;
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
