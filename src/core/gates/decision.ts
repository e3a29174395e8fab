import type { Outcome } from "../findings.ts";
import type { FoldValues, SliceCounts } from "../evaluation/fold-values.ts";
import type { Slice } from "../slices/slice.ts";
import type { GateResult, Power, Score } from "./verdict.ts";

/** The `gate` section of a policy, defaults filled. */
export interface GatePolicy {
  readonly score: "better" | "not-worse";
  readonly margin: number;
  /** Of the two-sided bounds, 0.95 by default. */
  readonly confidence: number;
  readonly baselines: "better" | "ignore";
  /** Improvement that the team expects, in units of the metric; for `needed` and `power`. */
  readonly expected: number | null;
  /** Slices with fewer units enter no family and cannot pass or fail. */
  readonly minUnits: number;
}

export interface DecisionInput {
  /** The deciding metric. Models in the order champion, challenger, baselines. */
  readonly values: FoldValues;
  readonly slices: readonly { readonly slice: Slice; readonly counts: SliceCounts }[];
  /** Units over all rows. */
  readonly units: number;
  readonly gate: GatePolicy;
  readonly seed: number;
}

/** What a product manager may change and see answered at once. Arrays are per slice. */
export interface DecisionChange {
  readonly weights?: ArrayLike<number>;
  readonly margins?: ArrayLike<number>;
  readonly blocking?: ArrayLike<number>;
  /** Leave out the power, and flags and outcomes of slices (they cost a resampling of every slice): for sliders. */
  readonly onlyGates?: boolean;
}

export interface Decision {
  readonly decision: Outcome;
  readonly score: Score;
  readonly slices: readonly SliceDecision[];
  readonly baselines: readonly { readonly name: string; readonly score: Score; readonly outcome: Outcome }[];
  readonly gates: readonly GateResult[];
  readonly needed: readonly { readonly gate: string; readonly units: number | null; readonly reason: string }[];
  /** Null when only the gates were asked for. */
  readonly power: Power | null;
}

export interface SliceDecision {
  /** Oriented: positive means that the challenger is better. */
  readonly difference: number | null;
  readonly interval: readonly [number, number] | null;
  readonly outcome: Outcome;
  readonly reason: string | null;
  readonly flags: readonly string[];
}
