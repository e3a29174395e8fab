/** report.html: one file with everything inside, that asks the network for nothing. */
import { sha256Hex } from "../hash/sha256.ts";
import { toBase64 } from "./base64.ts";
import { embedEvidence } from "./embed.ts";
import { byCost, deciding } from "./slice-order.ts";
import { decimalsOf, number, signed } from "./numbers.ts";
import type { ReportEvidence } from "./report-evidence.ts";
import { firstSentence, outcomeWords, wordsFacts } from "./words.ts";

export interface ReportAssets {
  /** The page's script, one classic script. */
  readonly script: string;
  readonly style: string;
}

export function htmlText(text: string): string {
  return text
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;")
    .replace(/'/g, "&#39;");
}

/** JSON that cannot end its script element: `<` is written as an escape, and so are the line ends of old script readers. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Script text that cannot end its element or start a comment in it. */
function scriptText(code: string): string {
  return code.replace(/<(?=\/script|!--)/gi, "\\x3C");
}

/**
 * The page. Scripts and styles are allowed by their digest alone, so that text from data or policy could not run even
 * if it slipped through.
 */
export function renderHtml(evidence: ReportEvidence, assets: ReportAssets): string {
  const { verdict } = evidence;
  const script = scriptText(assets.script);
  const style = assets.style.replace(/<\//g, "<\\/");
  const policy = [
    "default-src 'none'",
    `script-src '${digest(script)}'`,
    `style-src '${digest(style)}'`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${htmlText(`${outcomeWords[verdict.decision]}: ${verdict.model}`)}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<main id="report">
<h1>${htmlText(firstSentence(wordsFacts(verdict)))}</h1>
<noscript>${staticTable(evidence)}</noscript>
</main>
<script type="application/json" id="evidence">${scriptJson(embedEvidence(evidence))}</script>
<script>${script}</script>
</body>
</html>
`;
}

function digest(text: string): string {
  const bytes = Uint8Array.from(sha256Hex(text).match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
  return `sha256-${toBase64(bytes)}`;
}

/** What is left for a reader without scripts: the slices in numbers. */
function staticTable(evidence: ReportEvidence): string {
  const { verdict } = evidence;
  const cell = (text: string): string => `<td>${htmlText(text)}</td>`;
  const rows = byCost(verdict).map((slice) => {
    const p = deciding(verdict, slice);
    const d = decimalsOf(p?.interval ?? null);
    const texts = [
      slice.name,
      outcomeWords[slice.outcome],
      number(slice.weight, 2),
      number(p?.champion, d),
      number(p?.challenger, d),
      signed(p?.difference, d),
    ];
    return `<tr>${texts.map(cell).join("")}</tr>`;
  });
  const head = ["slice", "outcome", "weight", verdict.champion, verdict.challenger, "difference"]
    .map((t) => `<th>${htmlText(t)}</th>`)
    .join("");
  return `<table><thead><tr>${head}</tr></thead><tbody>${rows.join("")}</tbody></table>`;
}
