import type { FoldValues, SliceFoldValues } from "../evaluation/fold-values.ts";
import type { Random } from "../statistics/random.ts";
import type { DecisionInput, GatePolicy } from "./decision.ts";

/** A made-up test set for tests and for backtests of a policy: users with several rows each, two models, many slices. */
export interface SimulatedSlice {
  readonly users: number;
  readonly rowsPerUser: number;
  /** True difference challenger minus champion, as a mean of row values. */
  readonly effect: number;
  readonly blocking?: boolean;
  readonly margin?: number;
  readonly weight?: number;
}

export const defaultGate: GatePolicy = {
  score: "better",
  margin: 0,
  confidence: 0.95,
  baselines: "better",
  expected: null,
  minUnits: 30,
};

/**
 * Row differences are effect + user part + noise, with `icc` of the variance in the user part; `rowsAsUnits` pretends
 * that each row is its own unit (what the product refuses to do silently). Slices have separate users.
 */
export function simulateDecisionInput(
  random: Random,
  slices: readonly SimulatedSlice[],
  options: { icc?: number; rowsAsUnits?: boolean; gate?: Partial<GatePolicy> } = {},
): DecisionInput {
  const icc = options.icc ?? 0.3;
  const made = slices.map((slice) => simulateSlice(random, slice, icc, options.rowsAsUnits ?? false));
  const values: FoldValues = {
    metric: "simulated",
    direction: 1,
    models: ["champion", "challenger"],
    slices: made,
    overall: made[0]!,
  };
  return {
    values,
    units: slices.reduce((sum, slice) => sum + slice.users, 0),
    slices: slices.map((slice, index) => ({
      slice: {
        name: `slice ${index + 1}`,
        entry: `slice ${index + 1}`,
        kind: "routable",
        where: null,
        weight: slice.weight ?? 1,
        blocking: slice.blocking ?? false,
        margin: slice.margin ?? 0,
      },
      counts: { rows: slice.users * slice.rowsPerUser, groups: null, units: slice.users, positives: null },
    })),
    gate: { ...defaultGate, ...options.gate },
    seed: 1,
  };
}

function simulateSlice(random: Random, slice: SimulatedSlice, icc: number, rowsAsUnits: boolean): SliceFoldValues {
  const weight = new Float64Array(256);
  const difference = new Float64Array(256);
  for (let user = 0; user < slice.users; user++) {
    const own = Math.sqrt(icc) * random.nextNormal();
    const fold = random.nextBelow(256);
    for (let row = 0; row < slice.rowsPerUser; row++) {
      const at = rowsAsUnits ? random.nextBelow(256) : fold;
      weight[at]! += 1;
      difference[at]! += slice.effect + own + Math.sqrt(1 - icc) * random.nextNormal();
    }
  }
  const folds = Array.from(weight.keys()).filter((fold) => weight[fold]! > 0);
  const kept = (from: Float64Array): Float64Array => Float64Array.from(folds, (fold) => from[fold]!);
  const total = difference.reduce((a, b) => a + b, 0) / weight.reduce((a, b) => a + b, 0);
  return {
    folds: Uint8Array.from(folds),
    weight: kept(weight),
    sums: [new Float64Array(folds.length), kept(difference)],
    values: [0, total],
    reasons: [null, null],
  };
}
