/**
 * The numbers behind a report's pictures per task: small histograms, never rows. `binaryCurves`, `multiclassCurves`,
 * `regressionCurves` and `rankingCurves` make them from columns.
 */
export type Curves = BinaryCurves | MulticlassCurves | RegressionCurves | RankingCurves;

export interface BinaryCurves {
  readonly kind: "binary";
  readonly models: readonly BinaryModelCurves[];
}

export interface BinaryModelCurves {
  readonly name: string;
  /** Ascending score edges, one more than bins; narrow where the scores are many. The last bin holds its upper edge. */
  readonly edges: readonly number[];
  readonly positives: readonly number[];
  readonly negatives: readonly number[];
  /** Whether the score is meant as a probability: only then is calibration drawn. */
  readonly probability: boolean;
  /** A row counts as predicted positive at `score >= threshold`; null where the model has none. */
  readonly threshold: number | null;
  readonly confusion: Confusion | null;
}

export interface Confusion {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
}

export interface MulticlassCurves {
  readonly kind: "multiclass";
  readonly classes: readonly string[];
  readonly models: readonly {
    readonly name: string;
    /** [actual][predicted] rows. */
    readonly confusion: readonly (readonly number[])[];
    /** Rows by the probability of the predicted class: right and wrong ones per bin. */
    readonly confidence: {
      readonly edges: readonly number[];
      readonly right: readonly number[];
      readonly wrong: readonly number[];
    };
  }[];
}

export interface RegressionCurves {
  readonly kind: "regression";
  /** Prediction minus label, on edges common to all models; what lies outside is in the first and last bin. */
  readonly residualEdges: readonly number[];
  readonly models: readonly {
    readonly name: string;
    readonly residuals: readonly number[];
    /** Rows in up to 20 equal groups by prediction: means of both, and the middle 80% of the labels. */
    readonly groups: readonly {
      readonly predicted: number;
      readonly actual: number;
      readonly low: number;
      readonly high: number;
      readonly rows: number;
    }[];
  }[];
}

export interface RankingCurves {
  readonly kind: "ranking";
  /** Positions 1 to `upTo`. */
  readonly upTo: number;
  readonly models: readonly {
    readonly name: string;
    /** Mean share of a list's relevant items found by position k. */
    readonly recall: readonly number[];
    /** Lists whose first relevant item is at position k; the last entry counts those after `upTo`. */
    readonly firstHit: readonly number[];
  }[];
  /** Lists on which the challenger does better, as well and worse by the deciding metric, and how much. */
  readonly lists: {
    readonly better: number;
    readonly equal: number;
    readonly worse: number;
    readonly edges: readonly number[];
    readonly counts: readonly number[];
  };
}
