/** The table of slices on a terminal, with their intervals drawn beside them. */
import type { SliceResult, Verdict } from "../gates/verdict.ts";
import { drawInterval, plotSides, type PlotScale } from "./interval-plot.ts";
import { count, decimalsOf, number, plural, signed, unitWord } from "./numbers.ts";
import type { Palette } from "./palette.ts";
import { byCost, deciding, oriented } from "./slice-order.ts";

import { displayWidth, fit, harmless, padEnd, padStart } from "./text-width.ts";
import { usualDecimals } from "./usual-decimals.ts";
import { outcomeGlyphs } from "./words.ts";

/** Slices shown without `--all`. */
const FIRST = 8;
const BLOCKS = "  blocks";

interface SliceTableOptions {
  readonly scale: PlotScale;
  readonly width: number;
  readonly palette: Palette;
  readonly all: boolean;
}

interface Column {
  readonly title: string;
  text(slice: SliceResult): string;
}

/** The worst, the blocking and the heaviest slices, and the rest that `--all` brings. */
export function shownSlices(verdict: Verdict, all: boolean): { shown: SliceResult[]; rest: SliceResult[] } {
  const ordered = byCost(verdict);
  const many = all || ordered.length <= FIRST + 1 ? ordered.length : FIRST;
  return { shown: ordered.slice(0, many), rest: ordered.slice(many) };
}

export function sliceTable(verdict: Verdict, options: SliceTableOptions): string[] {
  const { shown, rest } = shownSlices(verdict, options.all);
  if (shown.length === 0) return [];
  const columns = columnsOf(verdict, shown);
  const widths = columns.map((c) => Math.max(displayWidth(c.title), ...shown.map((s) => displayWidth(c.text(s)))));
  const taken = widths.reduce((a, b) => a + b + 2, 0);
  // One column before the line, two for the glyph, two before the plot.
  const free = options.width - 1 - 2 - taken - 2 - options.scale.width;
  const longest = Math.max(6, ...shown.map((s) => displayWidth(s.name) + (s.blocking ? BLOCKS.length : 0)));
  const plot = free >= Math.min(longest, 18);
  const nameWidth = Math.max(8, Math.min(longest, plot ? free : free + options.scale.width + 2));
  const { palette } = options;
  const cells = (texts: readonly string[]): string => texts.map((t, i) => `  ${padStart(t, widths[i] ?? 0)}`).join("");
  const sides = plot ? `  ${plotSides(options.scale)}` : "";
  const head = palette.quiet(padEnd("slices", nameWidth + 2) + cells(columns.map((c) => c.title)) + sides);
  const lines = shown.map((slice) => {
    const { difference, interval } = oriented(deciding(verdict, slice));
    const glyph = outcomeGlyphs[slice.outcome];
    const painted =
      slice.outcome === "fail" ? palette.fail(glyph) : slice.outcome === "pass" ? palette.pass(glyph) : glyph;
    const drawn = plot ? `  ${drawInterval(options.scale, difference, interval)}` : "";
    return `${painted} ${nameCell(slice, nameWidth)}${cells(columns.map((c) => c.text(slice)))}${drawn}`;
  });
  return [
    head,
    ...lines,
    ...(rest.length === 0 ? [] : [`  … ${count(rest.length)} more (--all)${restInGlyphs(rest)}`]),
  ];
}

function nameCell(slice: SliceResult, width: number): string {
  const mark = slice.blocking && width >= 2 * BLOCKS.length - 2 ? BLOCKS : "";
  const room = width - mark.length;
  return padEnd(shortName(slice.name, room), room) + mark;
}

/** A generated name (`column=value & column=value`) loses letters of its columns first, any other its end. */
export function shortName(name: string, width: number): string {
  const parts = name.split(" & ").map((part) => /^([^=]+)=(.*)$/s.exec(part));
  if (displayWidth(name) > width && parts.every((p) => p !== null)) {
    for (let letters = 12; letters >= 2; letters--) {
      const shorter = parts.map((p) => `${fit(p[1] ?? "", letters)}=${p[2]}`).join(" & ");
      if (displayWidth(shorter) <= width) return harmless(shorter);
    }
  }
  return fit(name, width);
}

function restInGlyphs(rest: readonly SliceResult[]): string {
  const outcomes = ["fail", "not-evaluated", "not-enough-data", "pass"] as const;
  const parts = outcomes.flatMap((o) => {
    const n = rest.filter((s) => s.outcome === o).length;
    return n === 0 ? [] : [`${count(n)} ${outcomeGlyphs[o]}`];
  });
  return `   ${parts.join("  ")}`;
}

function columnsOf(verdict: Verdict, shown: readonly SliceResult[]): Column[] {
  const usual = usualDecimals(verdict);
  const numbers = (s: SliceResult) => deciding(verdict, s);
  const decimals = (s: SliceResult): number => decimalsOf(numbers(s)?.interval ?? null, usual);
  const most = Math.max(0, ...shown.map(decimals));
  // Numbers of fewer decimals are padded, so that the decimal points stay below each other.
  const pad = (text: string, d: number): string => text + " ".repeat(most - d + (most > 0 && d === 0 ? 1 : 0));
  const value = (s: SliceResult, v: number | null | undefined): string => pad(number(v, decimals(s)), decimals(s));
  const unit = unitWord(verdict.counts.unit);
  const rowsAreUnits = verdict.slices.every((s) => s.units === s.rows);
  const right = (title: string, text: Column["text"]): Column => ({ title, text });
  return [
    right("weight", (s) => number(s.weight, 2)),
    verdict.counts.groups === null ? right("rows", (s) => count(s.rows)) : right("lists", (s) => count(s.groups ?? 0)),
    ...(rowsAreUnits ? [] : [right(fit(plural(unit), 10), (s) => count(s.units))]),
    right(fit(verdict.champion, 10), (s) => value(s, numbers(s)?.champion)),
    right(fit(verdict.challenger, 10), (s) => value(s, numbers(s)?.challenger)),
    right("difference", (s) => pad(signed(numbers(s)?.difference, decimals(s)), decimals(s))),
  ];
}
