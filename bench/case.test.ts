import { describe, expect, it } from "vitest";
import { judgeAims, summarise } from "./case.ts";

describe("a benchmark", () => {
  it("counts the median time and the highest memory", () => {
    const figures = (milliseconds: number, mebibytes: number | null) => ({ milliseconds, mebibytes });
    expect(summarise([figures(30, 5), figures(10, 9), figures(20, 7)])).toEqual(figures(20, 9));
    expect(summarise([figures(10, null), figures(30, null)])).toEqual(figures(20, null));
  });

  it("meets an aim by the ratio to another run of the same case, and by memory", () => {
    const figures = new Map([
      ["umpire", { milliseconds: 150, mebibytes: 900 }],
      ["limit", { milliseconds: 100, mebibytes: null }],
    ]);
    const aims = [
      { run: "umpire", than: "limit", times: 2 },
      { run: "umpire", than: "limit", times: 1.2 },
      { run: "umpire", mebibytes: 1024 },
      { run: "umpire", than: "gone", times: 1 },
    ];
    expect(judgeAims(aims, figures).map((result) => result.met)).toEqual([true, false, true, false]);
  });
});
