import { describe, expect, it } from "vitest";
import { createRandom } from "../statistics/random.ts";
import { decide } from "./decide.ts";
import { prepare } from "./prepare.ts";
import { simulateDecisionInput } from "./simulated-evidence.ts";

/** Share of `rounds` in which `event` holds. */
function rate(rounds: number, event: (round: number) => boolean): number {
  let count = 0;
  for (let round = 0; round < rounds; round++) if (event(round)) count++;
  return count / rounds;
}

describe("intervals by unit bootstrap over folds, users with ten rows each, intraclass correlation 0.3", () => {
  const covers = (rowsAsUnits: boolean, users: number) => (round: number) => {
    const slices = [{ users, rowsPerUser: 10, effect: 0.2 }];
    const input = simulateDecisionInput(createRandom(1000 + round), slices, { rowsAsUnits });
    const [low, high] = decide(prepare(input), { onlyGates: true }).score.interval!;
    return low <= 0.2 && 0.2 <= high;
  };

  it("nominal 95% covers 93 to 97% with 100 users", () => {
    const coverage = rate(800, covers(false, 100));
    expect(coverage).toBeGreaterThan(0.93);
    expect(coverage).toBeLessThan(0.97);
  });

  it("nominal 95% covers 92 to 98% with 1,000 users, more than there are folds", () => {
    const coverage = rate(400, covers(false, 1000));
    expect(coverage).toBeGreaterThan(0.92);
    expect(coverage).toBeLessThan(0.98);
  });

  it("taking rows as units covers far less: that is why units are asked for", () => {
    expect(rate(400, covers(true, 100))).toBeLessThan(0.75);
  });
});

describe("an equal challenger on 20 blocking slices", () => {
  it("is failed by a slice in at most the stated 2.5% of test sets", () => {
    const slices = Array.from({ length: 20 }, () => ({ users: 60, rowsPerUser: 5, effect: 0, blocking: true }));
    const failed = rate(150, (round) => {
      const input = simulateDecisionInput(createRandom(round), slices);
      return decide(prepare(input), { onlyGates: true }).gates.some(
        (gate) => gate.name !== "weighted score" && gate.outcome === "fail",
      );
    });
    expect(failed).toBeLessThan(0.055);
  });
});

describe("a real loss on a blocking slice", () => {
  it("is found at the power that the planning formula states", () => {
    // se of the mean difference with 200 users of 5 rows: sqrt((0.3 + 0.7 / 5) / 200) = 0.0469; 80% power at 2.8 se.
    const effect = -(1.959964 + 0.841621) * Math.sqrt((0.3 + 0.7 / 5) / 200);
    const slices = [{ users: 200, rowsPerUser: 5, effect, blocking: true }];
    const found = rate(400, (round) => {
      const input = simulateDecisionInput(createRandom(round), slices);
      return decide(prepare(input), { onlyGates: true }).gates[1]!.outcome === "fail";
    });
    expect(found).toBeGreaterThan(0.73);
    expect(found).toBeLessThan(0.87);
  });

  it("passes at the boundary of its margin in at most 2.5% of test sets", () => {
    const slices = [{ users: 200, rowsPerUser: 5, effect: -0.2, blocking: true, margin: 0.2 }];
    const passed = rate(600, (round) => {
      const input = simulateDecisionInput(createRandom(round), slices);
      return decide(prepare(input), { onlyGates: true }).gates[1]!.outcome === "pass";
    });
    expect(passed).toBeLessThan(0.045);
  });
});

describe("two models that differ on a handful of units", () => {
  it("get bounds that cover, where the resampled t has no usable tail", () => {
    const covered = rate(300, (round) => {
      const random = createRandom(5000 + round);
      const input = simulateDecisionInput(random, [{ users: 2000, rowsPerUser: 1, effect: 0 }]);
      const slice = input.values.slices[0]!;
      // Each of 2,000 rows differs with chance 0.3%, a third of the time for the worse: the true difference is 0.001.
      const difference = new Float64Array(slice.folds.length);
      for (let row = 0; row < 2000; row++) {
        if (random.next() < 0.003) difference[random.nextBelow(difference.length)]! += random.next() < 2 / 3 ? 1 : -1;
      }
      const mean = difference.reduce((a, b) => a + b, 0) / 2000;
      const rare = { ...slice, sums: [slice.sums[0]!, difference], values: [0, mean] };
      const values = { ...input.values, slices: [rare], overall: rare };
      const { interval } = decide(prepare({ ...input, values }), { onlyGates: true }).score;
      return interval !== null && interval[0] <= 0.001 && 0.001 <= interval[1];
    });
    expect(covered).toBeGreaterThan(0.9);
  });
});
