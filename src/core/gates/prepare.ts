import { drawCount, drawFolds, type Draws } from "../evaluation/draws.ts";
import { pairModels, presentFolds } from "../evaluation/paired.ts";
import {
  bounds,
  criticalValues,
  effectiveFolds,
  fewFoldsCriticalValues,
  resample,
  restsOnFewFolds,
  type CriticalValues,
  type PairedDifference,
  type Resampled,
} from "../evaluation/studentised.ts";
import type { DecisionInput } from "./decision.ts";

/** A difference with its bootstrap: everything that a gate asks of it. */
export interface Tested {
  readonly paired: PairedDifference;
  readonly resampled: Resampled;
  readonly critical: CriticalValues;
  readonly interval: readonly [number, number];
  /** Folds that carry the variation; with `few` of them the bounds are Student's, not the bootstrap's. */
  readonly effective: number;
  readonly few: boolean;
}

/** The draws, and per slice the tests, each computed when first asked for and kept. */
export interface Prepared {
  readonly input: DecisionInput;
  readonly draws: Draws;
  /** [slice], null where the slice has no evidence for both models. */
  readonly pairs: readonly (PairedDifference | null)[];
  /** [baseline][slice] challenger minus baseline. */
  readonly baselinePairs: readonly (readonly (PairedDifference | null)[])[];
  testSlice(slice: number): Tested | null;
  test(paired: PairedDifference): Tested;
}

const CHAMPION = 0;
const CHALLENGER = 1;
const FIRST_BASELINE = 2;

/** Draws the bootstrap and pairs the models; milliseconds. Slices are resampled when a gate first needs them. */
export function prepare(input: DecisionInput): Prepared {
  const { values, gate, seed } = input;
  const draws = drawFolds(presentFolds(values), drawCount(values.slices.length), seed);
  const pairs = values.slices.map((slice) => pairModels(slice, CHALLENGER, CHAMPION, values.direction));
  const baselinePairs = values.models
    .slice(FIRST_BASELINE)
    .map((_, index) =>
      values.slices.map((slice) => pairModels(slice, CHALLENGER, FIRST_BASELINE + index, values.direction)),
    );
  const test = (paired: PairedDifference): Tested => {
    const resampled = resample(paired, draws);
    const effective = effectiveFolds(paired);
    const few = restsOnFewFolds(paired, resampled);
    const critical = few
      ? fewFoldsCriticalValues(effective, gate.confidence)
      : criticalValues(resampled, gate.confidence);
    return { paired, resampled, critical, interval: bounds(paired, critical), effective, few };
  };
  const tested = new Map<number, Tested>();
  const testSlice = (slice: number): Tested | null => {
    const paired = pairs[slice];
    if (!paired) return null;
    const known = tested.get(slice) ?? test(paired);
    tested.set(slice, known);
    return known;
  };
  return { input, draws, pairs, baselinePairs, testSlice, test };
}
