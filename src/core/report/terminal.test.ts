import { describe, expect, it } from "vitest";
import { filmRanker, hostileNames, hostileVerdict } from "../../../test/film-ranker.ts";
import { golden } from "../../../test/golden.ts";
import { ansiPalette } from "./palette.ts";
import { renderTerminal } from "./terminal.ts";
import { displayWidth } from "./text-width.ts";

const { verdict } = filmRanker();
const options = {
  wouldFlip: ["nothing: even at weight 0 the blocking slice stands (low activity)"],
  record: [".umpire/film-ranker/verdict.json", "report.html"],
};
const kept = (name: string, text: string): string => golden(new URL(`golden/${name}`, import.meta.url), text);
const widest = (text: string): number => Math.max(...text.split("\n").map(displayWidth));

describe("a verdict in the terminal", () => {
  it("reads as the kept example", () => {
    const text = renderTerminal(verdict, options);
    expect(text).toBe(kept("film-ranker.txt", text));
  });
  it("shows every slice when asked", () => {
    const text = renderTerminal(verdict, { ...options, all: true });
    expect(text).toBe(kept("film-ranker-all.txt", text));
    expect(text).not.toContain("more (--all)");
  });
  it("never passes 100 columns, nor the narrower width that is asked for", () => {
    expect(widest(renderTerminal(verdict, { ...options, all: true, width: 240 }))).toBeLessThanOrEqual(100);
    for (const width of [80, 90])
      expect(widest(renderTerminal(verdict, { ...options, all: true, width }))).toBeLessThanOrEqual(width);
  });
  it("colours without changing a visible character", () => {
    const coloured = renderTerminal(verdict, { ...options, palette: ansiPalette });
    expect(coloured).toContain("\u001b[31m");
    expect(coloured.replace(/\u001b\[\d+m/g, "")).toBe(renderTerminal(verdict, options));
  });
  it("keeps hostile names inside their cells, without control or direction characters", () => {
    const text = renderTerminal(hostileVerdict(), { all: true });
    expect(text).toBe(kept("hostile.txt", text));
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
    expect(widest(text)).toBeLessThanOrEqual(100);
    expect(text.split("\n").filter((l) => /^ [✓✗·?] /.test(l)).length).toBe(hostileVerdict().slices.length + 1);
    expect(hostileNames.length).toBeLessThan(hostileVerdict().slices.length);
  });
  it("turns a metric where less is better so that the right side stays better, and prints raw numbers", () => {
    const turn = (v: number | null): number | null => (v === null ? null : -v);
    const raw = verdict.overall["map"];
    if (raw === undefined || raw.interval === null) throw new Error("the fixture has an overall map");
    const less = {
      ...raw,
      direction: -1 as const,
      difference: turn(raw.difference),
      interval: [-raw.interval[1], -raw.interval[0]] as const,
    };
    const text = renderTerminal({ ...verdict, overall: { map: less } });
    expect(text).toContain("map (less is better)");
    const line = text.split("\n").find((l) => l.includes("all lists")) ?? "";
    expect(line).toMatch(/−0\.059 +−0\.043 ┤ +│ +─?●─* *├ −0\.076/);
  });
  it("says what part of the weight could not be evaluated", () => {
    const text = renderTerminal({ ...verdict, score: { ...verdict.score, weight: { evaluated: 3, excluded: 1 } } });
    expect(text).toContain("25% of the weight could not be evaluated");
  });
  it("stands without slices, intervals or baselines", () => {
    const text = renderTerminal({
      ...verdict,
      decision: "not-evaluated",
      slices: [],
      baselines: [],
      overall: {},
      score: {
        ...verdict.score,
        champion: null,
        challenger: null,
        difference: null,
        interval: null,
        reason: "no row has a label",
      },
    });
    expect(text).toContain("? NOT EVALUATED");
    expect(text).toContain("no row has a label");
    expect(text).toContain("n/a → n/a");
  });
});
