import type { CheckDocument } from "../../../core/data-quality/check-document.ts";
import { atLines, counted, thousands } from "../../../core/data-quality/check-finding.ts";
import { printable } from "../../../core/data-quality/printable.ts";
import type { Palette } from "../../../core/report/palette.ts";

export interface CheckReportOptions {
  readonly width: number;
  readonly all: boolean;
  readonly paint: Palette;
  /** Lines about what to do next and what was written. */
  readonly after: readonly (readonly [label: string, text: string])[];
}

const marks = { error: "✗", warning: "!", info: "·" } as const;
const shownFindings = 12;

/** The answer first, then what was found, worst first, then what to do. */
export function renderCheck(document: CheckDocument, options: CheckReportOptions): string {
  const { paint } = options;
  const word = { ok: paint.pass("✓ OK"), warning: paint.strong("! WARNING"), error: paint.fail("✗ ERROR") }[
    document.outcome
  ];
  const lines = [` ${subject(document)}`, "", ` ${word}   ${sentence(document)}`, ""];
  const several = document.files.length > 1;
  if (several) lines.push(...fileLines(document, options), "");
  const shown = options.all ? document.findings : document.findings.slice(0, shownFindings);
  for (const entry of shown) {
    const where = several && entry.file !== undefined ? `${entry.file}: ` : "";
    const mark = entry.severity === "error" ? paint.fail(marks.error) : marks[entry.severity];
    const texts = wrap(printable(`${where}${entry.message}${linesOf(entry)}`), options.width - 22);
    lines.push(` ${mark} ${paint.quiet(entry.check.padEnd(18))} ${texts[0] ?? ""}`);
    for (const text of texts.slice(1)) lines.push(`${" ".repeat(22)}${text}`);
  }
  if (document.findings.length > shown.length)
    lines.push(`   … ${document.findings.length - shown.length} more (--all)`);
  if (document.findings.length > 0) lines.push("");
  for (const [label, text] of options.after) lines.push(` ${label.padEnd(12)} ${text}`);
  return lines.join("\n");
}

/** Where to look, for findings whose sentence does not name lines itself. */
function linesOf({ lines, count, message }: CheckDocument["findings"][number]): string {
  if (lines.length === 0 || /\blines? \d/.test(message)) return "";
  return ` (${atLines(lines, count ?? lines.length, 5)})`;
}

function subject({ files, contract, rows }: CheckDocument): string {
  const what = files.length === 1 ? printable(files[0]!.file) : counted(files.length, "file");
  const by = contract === null ? "no contract" : `contract ${printable(contract.name)} v${contract.version}`;
  return `${what} · ${counted(rows.read, "row")} · ${by}`;
}

function sentence({ rows, files, outcome, findings }: CheckDocument): string {
  const refused = files.filter((file) => file.refused).length;
  const warnings = findings.filter((entry) => entry.severity === "warning").length;
  if (outcome === "ok") return "nothing is wrong";
  if (outcome === "warning") return `usable, with ${counted(warnings, "warning")}`;
  if (refused === files.length) return files.length === 1 ? "the file is refused as a whole" : "all files are refused";
  if (refused > 0)
    return `${counted(refused, "file")} of ${files.length} refused; ${thousands(rows.accepted)} rows accepted`;
  return `${counted(rows.quarantined, "bad row")}, ${thousands(rows.accepted)} rows accepted`;
}

function fileLines({ files }: CheckDocument, { paint, all }: CheckReportOptions): string[] {
  const order = { error: 0, warning: 1, ok: 2 } as const;
  const sorted = [...files].sort((a, b) => order[a.outcome] - order[b.outcome]);
  const shown = all ? sorted : sorted.slice(0, shownFindings);
  const lines = shown.map((file) => {
    const mark = { ok: paint.pass("✓"), warning: "!", error: paint.fail("✗") }[file.outcome];
    return ` ${mark} ${printable(file.file)}  ${counted(file.rows.read, "row")}, ${file.refused ? "refused" : `${thousands(file.rows.accepted)} accepted`}`;
  });
  if (sorted.length > shown.length) lines.push(`   … ${sorted.length - shown.length} more files (--all)`);
  return lines;
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
