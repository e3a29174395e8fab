/** report.html: one file with everything inside, that asks the network for nothing. */
import { embedEvidence } from "./embed.ts";
import { byCost, deciding } from "./slice-order.ts";
import { html, type Markup } from "./markup.ts";
import { decimalsOf, number, signed } from "./numbers.ts";
import { framePage } from "./page-frame.ts";
import { dataTable } from "./page-parts.ts";
import type { ReportEvidence } from "./report-evidence.ts";
import { firstSentence, outcomeWords, wordsFacts } from "./words.ts";

export interface ReportAssets {
  /** The page's script, one classic script. */
  readonly script: string;
  readonly style: string;
}

/** The page: the answer in words, the slices for readers without scripts, and the evidence that its script reads. */
export function renderHtml(evidence: ReportEvidence, assets: ReportAssets): string {
  const { verdict } = evidence;
  return framePage({
    title: `${outcomeWords[verdict.decision]}: ${verdict.model}`,
    id: "report",
    style: assets.style,
    script: { code: assets.script, data: { id: "evidence", value: embedEvidence(evidence) } },
    body: html`<h1>${firstSentence(wordsFacts(verdict))}</h1>
<noscript>${staticTable(evidence)}</noscript>`,
  }).html;
}

/** What is left for a reader without scripts: the slices in numbers. */
function staticTable(evidence: ReportEvidence): Markup {
  const { verdict } = evidence;
  const rows = byCost(verdict).map((slice) => {
    const p = deciding(verdict, slice);
    const d = decimalsOf(p?.interval ?? null);
    return [
      slice.name,
      outcomeWords[slice.outcome],
      number(slice.weight, 2),
      number(p?.champion, d),
      number(p?.challenger, d),
      signed(p?.difference, d),
    ];
  });
  const head = ["slice", "outcome", "weight", verdict.champion, verdict.challenger, "difference"];
  return dataTable(
    "Slices",
    head.map((text, i) => ({ head: text, number: i > 1 })),
    rows,
  );
}
