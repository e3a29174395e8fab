import { expect, it } from "vitest";
import { harmlessLines } from "../../../core/report/text-width.ts";
import { alignedRows } from "./table.ts";

it("keeps a cell on its line and in its column, whatever it holds", () => {
  expect(
    alignedRows([
      ["1", "why\u001B[2J\n 2  admin  forged", "x"],
      ["22", "日本", "y"],
    ]),
  ).toEqual([" 1   why\\u{1b}[2J\\u{a} 2  admin  forged  x", " 22  日本                                y"]);
});

it("lets lines, tabs and colours through to a terminal, and nothing that moves its cursor or sets its title", () => {
  expect(harmlessLines("a\n\tb \u001B[31mred\u001B[39m")).toBe("a\n\tb \u001B[31mred\u001B[39m");
  expect(harmlessLines("a\u001B[2J\u001B]0;t\u0007\rb\u009B1m\u202Ec\b")).toBe(
    "a\\u{1b}[2J\\u{1b}]0;t\\u{7}\\u{d}b\\u{9b}1m\\u{202e}c\\u{8}",
  );
});
