import { describe, expect, it } from "vitest";
import { type JudgedSlice, proposeStages } from "./propose-stages.ts";
import { usualRelease } from "./release-policy.ts";

const { usual } = usualRelease;

function slice(name: string, more: Partial<JudgedSlice> = {}): JudgedSlice {
  return {
    name,
    kind: "routable",
    where: { kind: "is", column: name, values: [true] },
    weight: 0.5,
    blocking: false,
    outcome: "pass",
    reason: null,
    share: 0.2,
    ...more,
  };
}

describe("stages of a release", () => {
  it("opens proven routable slices with the least weight first, then everyone", () => {
    const slices = [
      slice("heavy", { weight: 1 }),
      slice("light", { weight: 0.1 }),
      slice("small", { share: 0.01 }),
      slice("mid"),
    ];
    const { stages, problems, guarded } = proposeStages({ decision: "pass", slices }, null, usual);
    expect(problems).toEqual([]);
    expect(guarded).toEqual([]);
    expect(stages.map((stage) => stage.cohort)).toEqual(["light", "small", "mid", "heavy", "everyone"]);
    expect(stages.every((stage) => stage.unproven.length === 0)).toBe(true);
  });

  it("climbs from weight to weight where there are many slices", () => {
    const cells = Array.from({ length: 9 }, (_, i) => slice(`cell ${i}`, { weight: 0.1, share: 0.01 * (i + 1) }));
    const slices = [...cells, slice("mid"), slice("heavy", { weight: 1 })];
    const { stages } = proposeStages({ decision: "pass", slices }, null, usual);
    expect(stages.map((stage) => stage.cohort)).toEqual(["cell 0", "cell 1", "mid", "heavy", "everyone"]);
  });

  it("proposes no item, window or unproven slice", () => {
    const slices = [
      slice("rows of lists", { kind: "item" }),
      slice("last week", { kind: "window" }),
      slice("undecided", { outcome: "not-enough-data" }),
      slice("good"),
    ];
    const { stages } = proposeStages({ decision: "pass", slices }, null, usual);
    expect(stages.map((stage) => stage.cohort)).toEqual(["good", "everyone"]);
  });

  it("guards a slice where the challenger lost until somebody consents to everyone", () => {
    const slices = [slice("good"), slice("lost", { outcome: "fail", reason: "worse by 0.1" })];
    const { stages, guarded } = proposeStages({ decision: "pass", slices }, null, usual);
    expect(guarded.map((one) => one.name)).toEqual(["lost"]);
    expect(stages.at(-1)?.unproven).toEqual(["lost"]);
    expect(stages.at(-1)?.reason).toBe("the verdict passes; not proven on lost");
  });

  it("lets a stage go ahead on its own cohort's verdict where the whole verdict fails, and asks for everyone", () => {
    const slices = [slice("good"), slice("lost", { outcome: "fail", blocking: true })];
    const { stages } = proposeStages({ decision: "fail", slices }, null, usual);
    expect(stages[0]).toMatchObject({ cohort: "good", unproven: [] });
    expect(stages[1]).toMatchObject({ cohort: "everyone", unproven: ["everyone", "lost"] });
  });

  it("keeps the policy's own order, and asks for consent where a stage was not proven", () => {
    const slices = [
      slice("a", { weight: 1 }),
      slice("b", { weight: 0, outcome: "not-enough-data", reason: "12 units" }),
    ];
    const rules = [
      { ...usual, cohort: "b", shares: [0.01] },
      { ...usual, cohort: "a" },
    ];
    const { stages, guarded } = proposeStages({ decision: "pass", slices }, rules, usual);
    expect(stages.map((stage) => [stage.cohort, stage.unproven])).toEqual([
      ["b", ["b"]],
      ["a", []],
      ["everyone", []],
    ]);
    expect(guarded.map((one) => one.name)).toEqual(["b"]);
    expect(stages[0]?.reason).toBe("not proven on this cohort (not enough data: 12 units)");
  });

  it("says why a slice cannot be a stage, and what is nearest to a name that is none", () => {
    const slices = [slice("gold users"), slice("last week", { kind: "window" }), slice("all", { where: null })];
    const rules = ["last week", "gold user", "all", "everyone", "gold users"].map((cohort) => ({ ...usual, cohort }));
    expect(proposeStages({ decision: "pass", slices }, rules, usual).problems).toEqual([
      `"last week" cannot be a stage: it is a window of time, so a request cannot be sent by it`,
      `the verdict has no slice "gold user"; nearest: gold users`,
      `"all" is everything: write "everyone"`,
      `"everyone" is the last stage; nothing is left after it`,
    ]);
  });
});
