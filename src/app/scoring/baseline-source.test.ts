import { describe, expect, it } from "vitest";
import { number, scored, scoresOf, text, time } from "../../../test/score-in-memory.ts";
import type { Baseline } from "../../schemas/policy/policy.ts";

describe("baselines", () => {
  const train = [
    number("y", [10, 20, 30, 40]),
    text("area", ["n", "n", "s", "s"]),
    number("x", [1, 2, 3, 4]),
    time("t", [0, 1, 2, 3]),
  ];
  const columns = [
    number("y", [50, 60, 70]),
    text("area", ["s", "n", "w"]),
    number("x", [5, 1, 2]),
    time("t", [4, 5, 6]),
    number("yesterday", [1, 2, 3]),
  ];
  const regression = (baselines: Readonly<Record<string, Baseline>>) =>
    scored({ task: "regression", columns, train, time: "t", baselines });

  it("gives the mean and the median, by a column too, and the overall one for a value not seen", async () => {
    const result = await regression({
      mean: { kind: "mean", by: [] },
      areas: { kind: "mean", by: ["area"] },
      median: { kind: "median", by: ["area"] },
    });
    expect(scoresOf(result, "mean")).toEqual([25, 25, 25]);
    expect(scoresOf(result, "areas")).toEqual([35, 15, 25]);
    expect(scoresOf(result, "median")).toEqual([35, 15, 25]);
  });

  it("gives the last known label, overall and by a column, and one of a season before", async () => {
    const result = await regression({
      last: { kind: "last", by: [] },
      areas: { kind: "last", by: ["area"] },
      rows: { kind: "seasonal_last", period: { rows: 3 }, by: [] },
      span: { kind: "seasonal_last", period: { milliseconds: 2 }, by: [] },
      column: { kind: "column", column: "yesterday" },
    });
    expect(scoresOf(result, "last")).toEqual([40, 50, 60]);
    expect(scoresOf(result, "areas")).toEqual([40, 20, 25]);
    expect(scoresOf(result, "rows")).toEqual([20, 30, 40]);
    expect(scoresOf(result, "span")).toEqual([30, 40, 50]);
    expect(scoresOf(result, "column")).toEqual([1, 2, 3]);
  });

  it("learns a line from the number columns that are no label, time or score", async () => {
    const result = await regression({
      linear: { kind: "linear", features: null },
      chance: { kind: "random", seed: 1 },
    });
    expect(scoresOf(result, "linear")[0]).toBeGreaterThan(scoresOf(result, "linear")[1]!);
    for (const value of scoresOf(result, "chance")) expect([10, 20, 30, 40]).toContain(value);
  });

  it("refuses columns that give the label away", async () => {
    const leak = [number("y", [1, 2, 3, 4, 6]), number("half", [0.5, 1, 1.5, 2, 3])];
    const baselines = { line: { kind: "linear", features: null } } as const;
    const many = leak.map((column) =>
      column.kind === "number"
        ? number(
            column.name,
            [...column.values, ...column.values].flatMap((value) => Array.from({ length: 2000 }, () => value)),
          )
        : column,
    );
    await expect(scored({ task: "regression", columns: many, train: many, baselines })).rejects.toMatchObject({
      code: "POLICY",
      message: expect.stringContaining("exactly from half"),
    });
  });

  it("learns a cut and a logistic curve for a binary label", async () => {
    const binary = {
      train: [number("y", [0, 0, 1, 1]), number("x", [1, 2, 3, 4])],
      columns: [number("y", [1, 0]), number("x", [9, 0])],
    };
    const result = await scored({
      ...binary,
      baselines: {
        cut: { kind: "threshold", column: "x", at: null },
        given: { kind: "threshold", column: "x", at: 20 },
        curve: { kind: "logistic", features: ["x"] },
        prior: { kind: "prior" },
      },
    });
    expect(scoresOf(result, "cut")).toEqual([1, 0]);
    expect(scoresOf(result, "given")).toEqual([0, 0]);
    expect(scoresOf(result, "curve")[0]).toBeGreaterThan(0.9);
    expect(scoresOf(result, "prior")).toEqual([0.5, 0.5]);
  });

  it("draws the same chance for a row wherever the table is cut, and another with another seed", async () => {
    const y = number(
      "y",
      Array.from({ length: 400 }, (_, i) => i % 2),
    );
    const chance = async (seed: number) =>
      scoresOf(await scored({ columns: [y], baselines: { chance: { kind: "random", seed } } }), "chance");
    const first = await chance(7);
    expect(await chance(7)).toEqual(first);
    expect(await chance(8)).not.toEqual(first);
    const mean = first.reduce((sum, value) => sum + value, 0) / first.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / first.length));
  });

  it("asks for training data where none are named, and for another task where it does not fit", async () => {
    const columns = [number("y", [0, 1])];
    await expect(scored({ columns, baselines: { prior: { kind: "prior" } } })).rejects.toMatchObject({
      code: "POLICY",
      mend: ["name it under data: train: FILE"],
    });
    await expect(
      scored({ columns, train: columns, baselines: { line: { kind: "linear", features: null } }, task: "multiclass" }),
    ).rejects.toMatchObject({ message: expect.stringContaining("regression, ranking and binary") });
  });
});
