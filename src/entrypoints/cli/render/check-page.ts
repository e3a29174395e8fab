import type { CheckDocument } from "../../../core/data-quality/check-document.ts";
import { counted, thousands } from "../../../core/data-quality/check-finding.ts";
import { printable } from "../../../core/data-quality/printable.ts";
import { html, type Markup } from "../../../core/report/markup.ts";
import { framePage } from "../../../core/report/page-frame.ts";
import { dataTable, methodPart } from "../../../core/report/page-parts.ts";
import { documentTheme } from "../../../core/report/page-theme.ts";

const style = `${documentTheme}
main { max-width: 1080px; }
.rows { display: block; width: 100%; height: 22px; border-radius: 4px; } .rows .good { fill: var(--area); } .rows .bad { fill: var(--trouble); }
td .quiet { display: block; font-size: 0.92em; } td code { background: var(--wash); padding: 0 4px; margin-right: 4px; }
`;

const marks = { error: "✗ error", warning: "! warning", info: "· info" } as const;

/** One self-contained page: the answer, how many rows passed, what was found. No script; everything escaped. */
export function checkPage(document: CheckDocument): string {
  const { rows, files, findings, outcome } = document;
  const subject = files.length === 1 ? printable(files[0]!.file) : counted(files.length, "file");
  const by =
    document.contract === null
      ? "no contract"
      : `contract ${printable(document.contract.name)}, version ${document.contract.version}`;
  const sentence = `${thousands(rows.read)} rows read: ${thousands(rows.accepted)} accepted, ${thousands(rows.quarantined)} set aside.`;
  const next =
    document.contract === null
      ? html`<p>Without a contract only the file itself was checked, not what its columns hold. <code>umpire check FILE --infer</code> writes a contract from a good file.</p>`
      : null;
  return framePage({
    title: `${answer(document)}: ${subject}`,
    style,
    body: html`<p class="kicker">${subject} · ${by}</p>
<h1${outcome === "error" ? html` class="bad"` : null}>${{ ok: "✓", warning: "!", error: "✗" }[outcome]} ${answer(document)}</h1>
${rows.read === 0 ? null : rowsPicture(document)}
<p class="told">${sentence}</p>
${next}
${findings.length === 0 ? null : found(document)}
${files.length > 1 ? fileTable(document) : null}
${methodPart(method(document))}`,
  }).html;
}

function answer({ outcome, files, rows }: CheckDocument): string {
  if (outcome === "ok") return "Nothing is wrong";
  if (outcome === "warning") return "Usable, with warnings";
  if (files.every((file) => file.refused))
    return files.length === 1 ? "The file is refused as a whole" : "All files are refused";
  return `${thousands(rows.quarantined)} of ${thousands(rows.read)} rows are bad`;
}

/** A thousandth of the rows is still seen. */
function rowsPicture({ rows }: CheckDocument): Markup {
  const bad = (100 * (rows.read - rows.accepted)) / rows.read;
  const wide = bad === 0 ? 0 : Math.max(0.4, bad);
  return html`<svg class="rows" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label="${thousands(rows.accepted)} of ${thousands(rows.read)} rows accepted"><rect class="good" x="0" y="0" width="${(100 - wide).toFixed(2)}" height="10"/><rect class="bad" x="${(100 - wide).toFixed(2)}" y="0" width="${wide.toFixed(2)}" height="10"/></svg>`;
}

function found({ findings }: CheckDocument): Markup {
  const rows = findings.map((entry) => [
    entry.severity === "error" ? html`<span class="bad">${marks.error}</span>` : marks[entry.severity],
    entry.check,
    printable(entry.column ?? ""),
    entry.count === null ? "" : thousands(entry.count),
    html`${entry.file === undefined ? null : html`<span class="quiet">${printable(entry.file)}</span>`}${printable(entry.message)}${
      entry.examples.length === 0
        ? null
        : html`<span class="quiet">for example ${entry.examples.map((text) => html`<code>${printable(text)}</code>`)}</span>`
    }${
      entry.lines.length === 0
        ? null
        : html`<span class="quiet">${entry.lines.length === 1 ? "line" : "lines"} ${entry.lines.slice(0, 20).join(", ")}${entry.lines.length > 20 ? ", …" : ""}</span>`
    }`,
  ]);
  const columns = [
    { head: "severity" },
    { head: "check" },
    { head: "column" },
    { head: "count", number: true },
    { head: "what", long: true },
  ];
  return html`<section><h2>What was found</h2>${dataTable("Findings, errors first", columns, rows)}</section>`;
}

function fileTable({ files }: CheckDocument): Markup {
  const rows = files.map((file) => [
    printable(file.file),
    { ok: "✓ ok", warning: "! warning", error: "✗ error" }[file.outcome] + (file.refused ? ", refused" : ""),
    thousands(file.rows.read),
    thousands(file.rows.accepted),
    thousands(file.rows.quarantined),
  ]);
  const columns = [
    { head: "file" },
    { head: "outcome" },
    { head: "read", number: true },
    { head: "accepted", number: true },
    { head: "set aside", number: true },
  ];
  return html`<section><h2>Files</h2>${dataTable("Files", columns, rows)}</section>`;
}

function method({ files, contract }: CheckDocument): string[] {
  return [
    ...files.map((file) => `${printable(file.file)}: SHA-256 ${file.fingerprint}`),
    ...(contract === null
      ? []
      : [`Contract ${printable(contract.name)}, version ${contract.version}: SHA-256 ${contract.fingerprint}`]),
    "Rows read = accepted + set aside. Rows set aside are in the quarantine with their raw text: umpire quarantine list.",
  ];
}
