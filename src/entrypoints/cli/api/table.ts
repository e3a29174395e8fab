import { timeWords as inWords } from "../../../core/report/time-words.ts";
import { displayWidth, harmless, padEnd, wrapHanging } from "../../../core/report/text-width.ts";
import type { Terminal } from "../terminal.ts";

/** Columns of text, aligned, two spaces apart; the last one is not padded. A cell is one line, whatever it holds. */
export function alignedRows(cells: readonly (readonly string[])[]): string[] {
  const rows = cells.map((row) => row.map(harmless));
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, displayWidth(cell));
    });
  }
  return rows.map((row) =>
    ` ${row.map((cell, i) => (i === row.length - 1 ? cell : padEnd(cell, widths[i] ?? 0))).join("  ")}`.trimEnd(),
  );
}

/** The least room in which the last column of a table may be wrapped. */
const LEAST_ROOM = 24;

/**
 * Prints a table. Where it is wider than the terminal, the last column goes on under itself; where there is no room for
 * that, each row does, indented. To a pipe rows are lines, whole.
 */
export function printRows(
  terminal: Pick<Terminal, "print" | "width" | "piped">,
  cells: readonly (readonly string[])[],
  indent = "",
): void {
  const lines = alignedRows(cells).map((line) => indent + line);
  const width = terminal.width;
  if (terminal.piped || lines.every((line) => displayWidth(line) <= width)) {
    for (const line of lines) terminal.print(line);
    return;
  }
  const columns = Math.max(...cells.map((row) => row.length));
  const start =
    1 +
    indent.length +
    Array.from(
      { length: columns - 1 },
      (_, i) => 2 + Math.max(...cells.map((row) => displayWidth(harmless(row[i] ?? "")))),
    ).reduce((a, b) => a + b, 0);
  const fits = start + LEAST_ROOM <= width;
  cells.forEach((row, i) => {
    const parts = fits ? wrapHanging(lines[i]!, width, start) : stacked(row, width, indent);
    for (const part of parts) terminal.print(part);
  });
}

/** The cells of a row one after another, a new line before one that does not fit; only a cell wider than that is broken. */
function stacked(row: readonly string[], width: number, indent: string): string[] {
  const lines: string[] = [];
  let line = `${indent} `;
  for (const cell of row.map(harmless)) {
    if (cell === "") continue;
    const joined = line.trim() === "" ? line + cell : `${line}  ${cell}`;
    if (displayWidth(joined) <= width) {
      line = joined;
      continue;
    }
    if (line.trim() !== "") lines.push(line);
    const broken = wrapHanging(`${indent}    ${cell}`, width, indent.length + 4);
    lines.push(...broken.slice(0, -1));
    line = broken.at(-1) ?? "";
  }
  return line.trim() === "" ? lines : [...lines, line];
}

/** `23 Nov 2026, 09:41 UTC`, or `never` */
export const timeWords = (text: string | null): string => (text === null ? "never" : inWords(text));
