import type { TaskFacts } from "../../metrics/metric.ts";
import type { Column } from "../../tables/table.ts";
import type { ConceptTest } from "../concept-test.ts";
import type { DomainWeights } from "../domain-weights.ts";
import type { AnswerRows } from "../answer-rows.ts";

/** Answers of one side: with known labels that the version was not trained on, or of a period, whose labels do not count. */
export interface EstimateSide {
  readonly rows: AnswerRows;
  /** Per slice: 1 where the row is in it. */
  readonly slices: readonly Uint8Array[];
  readonly features: ReadonlyMap<string, Column>;
  /** Where in the columns of `features` each row is. */
  readonly at: Uint32Array;
}

/** How some of the reference's rows are to count so that they look like the current ones. */
export interface DomainFound {
  readonly weights: DomainWeights;
  /** The reference rows that were compared, which the weights belong to. */
  readonly chosen: Uint32Array;
}

export interface EstimateSettings {
  readonly metric: string;
  readonly facts: TaskFacts;
  readonly seed: number;
  /** Fewest units of a slice. */
  readonly leastUnits: number;
}

export interface QualityEstimate {
  /** Null where it is refused, for `reason`. */
  readonly value: number | null;
  readonly standardError: number | null;
  readonly degrees: number;
  readonly skew: number;
  readonly rows: number;
  readonly units: number;
  readonly reason: string | null;
  readonly method: string;
}

/** Estimates quality without labels for one task. One file each, listed in `estimators.ts`. */
export interface Estimator {
  /**
   * Learns on the reference what holds for all periods.
   * @returns why the metric cannot be estimated there, where it cannot
   */
  learn(reference: EstimateSide, settings: EstimateSettings): LearntEstimator | string;
}

export interface LearntEstimator {
  /**
   * One estimate a slice, each with a value and its error or with a reason.
   * @param domain null: the features could not be compared
   * @param concept what labels that came say; null: too few have
   */
  estimate(current: EstimateSide, domain: DomainFound | null, concept: ConceptTest | null): QualityEstimate[];
  /** Do the labels of these rows, all known, agree with what the reference lets expect? Null: they are too few to say. */
  concept(labelled: EstimateSide): ConceptTest | null;
}

/** Said with every estimate, because it cannot be seen without labels. */
export const ASSUMES =
  "what is asked may change, what answers are right for it must not: a changed concept shows only in labels";
