import { timeWords as inWords } from "../../../core/report/time-words.ts";
import { displayWidth, harmless, padEnd } from "../../../core/report/text-width.ts";

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

/** `23 Nov 2026, 09:41 UTC`, or `never` */
export const timeWords = (text: string | null): string => (text === null ? "never" : inWords(text));
