import { describe, expect, it } from "vitest";
import { createRandom } from "../statistics/random.ts";
import { combine, decide } from "./decide.ts";
import { prepare } from "./prepare.ts";
import { simulateDecisionInput, type SimulatedSlice } from "./simulated-evidence.ts";

const big = (effect: number, more: Partial<SimulatedSlice> = {}): SimulatedSlice => ({
  users: 600,
  rowsPerUser: 5,
  effect,
  ...more,
});
const decideOn = (slices: SimulatedSlice[], options: Parameters<typeof simulateDecisionInput>[2] = {}) =>
  decide(prepare(simulateDecisionInput(createRandom(5), slices, options)));

describe("the decision", () => {
  it("passes a challenger that is better everywhere", () => {
    const { decision, gates } = decideOn([big(0.5, { blocking: true }), big(0.4)]);
    expect(gates.map((gate) => gate.outcome)).toEqual(["pass", "pass"]);
    expect(decision).toBe("pass");
  });

  it("fails a challenger that wins the score but loses a blocking slice", () => {
    const { decision, gates, score } = decideOn([big(-0.5, { blocking: true, weight: 0.1 }), big(0.6)]);
    expect(score.interval![0]).toBeGreaterThan(0);
    expect(gates.map((gate) => [gate.name, gate.outcome])).toEqual([
      ["weighted score", "pass"],
      ["slice: slice 1", "fail"],
    ]);
    expect(decision).toBe("fail");
  });

  it("lets a loss within the margin of a blocking slice pass", () => {
    expect(decideOn([big(-0.1, { blocking: true, margin: 0.5, weight: 0.1 }), big(0.6)]).decision).toBe("pass");
  });

  it("answers two identical models with L = U = 0: not better, and not worse", () => {
    const input = simulateDecisionInput(createRandom(1), [big(0)]);
    const same = { ...input.values.slices[0]!, sums: [new Float64Array(256), new Float64Array(256)], values: [0, 0] };
    same.sums = same.sums.map(() => new Float64Array(same.folds.length));
    const values = { ...input.values, slices: [same], overall: same };
    const better = decide(prepare({ ...input, values }));
    expect(better.score.interval).toEqual([0, 0]);
    expect(better.decision).toBe("fail");
    const gate = { ...input.gate, score: "not-worse" as const };
    expect(decide(prepare({ ...input, values, gate })).decision).toBe("pass");
  });

  it("does not judge a blocking slice below the least number of units, and says how many there are", () => {
    const { decision, gates } = decideOn([big(0.5), big(0.5, { users: 20, blocking: true })]);
    expect(gates[1]).toMatchObject({ outcome: "not-enough-data", reason: "20 units, at least 30 are needed" });
    expect(decision).toBe("not-enough-data");
  });

  it("is not evaluated when a blocking slice has no evidence", () => {
    const input = simulateDecisionInput(createRandom(1), [big(0.5), big(0.5, { blocking: true })]);
    const gone = {
      ...input.values.slices[1]!,
      values: [null, null],
      reasons: ["no row is positive", "no row is positive"],
    };
    const values = { ...input.values, slices: [input.values.slices[0]!, gone] };
    const result = decide(prepare({ ...input, values }));
    expect(result.gates[1]).toMatchObject({ outcome: "not-evaluated", reason: "no row is positive" });
    expect(result.gates[0]).toMatchObject({ outcome: "not-evaluated" });
    expect(result.decision).toBe("not-evaluated");
  });

  it("never passes without a gate", () => {
    expect(combine([])).toBe("not-evaluated");
  });

  it("says how many more units would decide, and null where none would", () => {
    const undecided = decideOn([big(-0.1, { users: 100 })], { gate: { expected: 0.1 } });
    expect(undecided.decision).toBe("not-enough-data");
    const [needed] = undecided.needed;
    expect(needed!.units).toBeGreaterThan(0);
    const hopeless = decideOn([big(0)], { gate: { expected: -0.1, score: "not-worse", margin: 0.05 } });
    for (const entry of hopeless.needed) expect(entry.units).toBeNull();
  });

  it("shows the power of a policy: more blocking slices, less chance to pass", () => {
    const gate = { expected: 0.1 };
    const one = decideOn([big(0.1, { blocking: true })], { gate });
    const many = decideOn(
      Array.from({ length: 8 }, () => big(0.1, { blocking: true })),
      { gate },
    );
    expect(one.power!.pass).toBeGreaterThan(many.power!.pass!);
    expect(one.power!.falsePass).toBeLessThanOrEqual(0.04);
    expect(many.power!.detectable).toBeGreaterThan(0);
  });
});
