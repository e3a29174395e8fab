import { expect, it } from "vitest";
import { displayWidth } from "../../../core/report/text-width.ts";
import { printSentence } from "../terminal.ts";
import { printRows } from "./table.ts";

function printed(width: number, piped: boolean, write: (terminal: Parameters<typeof printRows>[0]) => void): string[] {
  const lines: string[] = [];
  write({ width, piped, print: (text) => lines.push(text) });
  return lines;
}

const rows = [
  ["57", "27 Nov 2026, 16:02 UTC", "routing.change", "worse by at least 0.2, 0.04 is tolerated by the policy"],
  ["6", "27 Nov 2026, 16:00 UTC", "key.create", ""],
];

it("a table that is too wide goes on under its last column, and row by row where there is no room", () => {
  expect(printed(75, false, (terminal) => printRows(terminal, rows))).toEqual([
    " 57  27 Nov 2026, 16:02 UTC  routing.change  worse by at least 0.2, 0.04 is",
    "                                             tolerated by the policy",
    " 6   27 Nov 2026, 16:00 UTC  key.create",
  ]);
  expect(printed(40, false, (terminal) => printRows(terminal, rows))).toEqual([
    " 57  27 Nov 2026, 16:02 UTC",
    "    routing.change",
    "    worse by at least 0.2, 0.04 is",
    "    tolerated by the policy",
    " 6  27 Nov 2026, 16:00 UTC  key.create",
  ]);
});

it("to a pipe a row and a sentence are one line each, whole", () => {
  const wide = printed(40, true, (terminal) => printRows(terminal, rows));
  expect(wide).toHaveLength(2);
  expect(wide[0]).toContain("tolerated by the policy");
  const text = ` ✗ ranker   ${"word ".repeat(40).trim()}`;
  expect(printed(40, true, (terminal) => printSentence(terminal, text))).toEqual([text]);
});

it.each([20, 40, 80])(
  "a sentence goes on after its mark and label, and nothing of it is cut, at %d columns",
  (width) => {
    const texts = [
      " ✗ late-flights   late-flights is back on version 3: forecast: worse by at least 0.2",
      "   quality      ✓ everything: roc_auc 0.63 in the last period (limit 0.64)",
      `   artifact         onnx, digest ${"0123456789abcdef".repeat(4)}, output probabilities`,
      "   warning, firing since 27 Nov 2026, 15:59 UTC, seen once, silent until tomorrow",
    ];
    for (const text of texts) {
      const lines = printed(width, false, (terminal) => printSentence(terminal, text));
      for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
      for (const line of lines.slice(1)) expect(line).toMatch(/^ {2}/);
      expect(lines.join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
    }
  },
);
