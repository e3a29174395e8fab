import type { CheckDocument } from "../../../core/data-quality/check-document.ts";
import { thousands } from "../../../core/data-quality/check-finding.ts";
import { escapeMarkup } from "../../../core/data-quality/printable.ts";

const style = `:root{color-scheme:light dark;--ink:#1b1f24;--quiet:#667;--line:#ccd;--bad:#b3261e;--page:#fff}
@media (prefers-color-scheme:dark){:root{--ink:#e6e8eb;--quiet:#9aa3ad;--line:#3a4048;--bad:#ff8a80;--page:#14171a}}
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--page);max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.8rem;line-height:1.25}.bad{color:var(--bad)}.quiet{color:var(--quiet)}
.bar{display:flex;height:1.2rem;border:1px solid var(--line);margin:.5rem 0}.bar span{display:block;background:#8a949e}.bar span+span{background:var(--bad)}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.4rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}
td:first-child{white-space:nowrap}code{font-size:.9em;overflow-wrap:anywhere}`;

/** One self-contained page: the answer, how many rows passed, what was found. No script; everything escaped. */
export function checkPage(document: CheckDocument): string {
  const { rows, files, outcome, findings } = document;
  const answer = {
    ok: "Nothing is wrong",
    warning: "Usable, with warnings",
    error: files.every((file) => file.refused)
      ? "Refused as a whole"
      : `${thousands(rows.quarantined)} bad rows of ${thousands(rows.read)}`,
  }[outcome];
  const share = rows.read === 0 ? 100 : (100 * rows.accepted) / rows.read;
  const body = findings.map(
    (entry) =>
      `<tr><td${entry.severity === "error" ? ' class="bad"' : ""}>${{ error: "✗ error", warning: "! warning", info: "· info" }[entry.severity]}</td><td>${escapeMarkup(entry.check)}</td><td>${escapeMarkup(entry.column ?? "")}</td><td>${entry.file === undefined ? "" : `<span class="quiet">${escapeMarkup(entry.file)}</span><br>`}${escapeMarkup(entry.message)}${entry.examples.length === 0 ? "" : `<br><span class="quiet">for example</span> ${entry.examples.map((text) => `<code>${escapeMarkup(text)}</code>`).join(" ")}`}${entry.lines.length === 0 ? "" : `<br><span class="quiet">lines ${entry.lines.slice(0, 20).join(", ")}${entry.lines.length > 20 ? ", …" : ""}</span>`}</td></tr>`,
  );
  const subject = files.length === 1 ? escapeMarkup(files[0]!.file) : `${files.length} files`;
  const contract =
    document.contract === null
      ? "no contract"
      : `contract ${escapeMarkup(document.contract.name)}, version ${document.contract.version}`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>Check of ${subject}</title><style>${style}</style></head><body>
<h1${outcome === "error" ? ' class="bad"' : ""}>${answer}</h1>
<p class="quiet">${subject} · ${contract}</p>
<div class="bar" role="img" aria-label="${thousands(rows.accepted)} of ${thousands(rows.read)} rows accepted"><span style="width:${share}%"></span><span style="width:${100 - share}%"></span></div>
<p>${thousands(rows.read)} rows read, ${thousands(rows.accepted)} accepted, ${thousands(rows.quarantined)} set aside.</p>
${findings.length === 0 ? "" : `<table><thead><tr><th>severity</th><th>check</th><th>column</th><th>what</th></tr></thead><tbody>${body.join("\n")}</tbody></table>`}
<details><summary>How this was computed</summary><p>${files.map((file) => `${escapeMarkup(file.file)}: SHA-256 ${file.fingerprint}`).join("<br>")}</p>${document.contract === null ? "" : `<p>Contract: SHA-256 ${document.contract.fingerprint}</p>`}</details>
</body></html>
`;
}
