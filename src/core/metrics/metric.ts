/**
 * The interface of a metric. A metric is one entry of the catalogue (`catalog.ts`): its words (convention, range,
 * needs) are what the reference prints, its functions are what the evidence kernel runs. Four shapes cover them all.
 */
export type Task = "binary" | "multiclass" | "regression" | "ranking";

export interface MetricWords {
  /** As in the policy, without parameter: `ndcg`, `precision`. */
  readonly name: string;
  readonly tasks: readonly Task[];
  readonly direction: 1 | -1;
  readonly range: readonly [number, number];
  /** One line: how exactly it is computed, ties, exclusions, whose definition it follows. Printed in reports. */
  readonly convention: string;
  /** When the value is missing, as the end of "no value because …": `no row is predicted positive`. */
  readonly undefinedWhen: string;
  /**
   * Present where neither more nor less is better but closeness to this number (`bias`: 0). Values are shown as they
   * are; to judge, take |value - target| with direction -1: for a mean, fold sums times the sign of (value - target).
   */
  readonly target?: number;
  readonly needs: readonly ("probability" | "threshold" | "costs" | "time" | "item" | "train")[];
  /** `@k`: how the parameter is called and checked; absent when the metric takes none. */
  readonly parameter?: {
    readonly name: string;
    readonly required: boolean;
    readonly example: string;
    /** What it must be, as the end of "k must be …". */
    readonly says: string;
    check(value: number): boolean;
  };
}

/** A metric as asked for in a policy: `ndcg@10` is `ndcg` with parameter 10. */
export interface MetricRequest {
  readonly text: string;
  readonly parameter: number | null;
}

/**
 * Additive over rows: value = value(sums), homogeneous of degree 0 in the sums, so that the influence of a fold is
 * gradient(all sums) . (sums of the fold), which adds up to 0 over folds. In the scale of {@link RankMetric} (and of
 * the fold values, where sums = weight * value + influence) it is that times the total of the weight moment.
 */
export interface MomentMetric extends MetricWords {
  readonly shape: "moments";
  /** Names of row moments (see `moments.ts`), in the order in which value and gradient read their sums. */
  moments(request: MetricRequest, task: TaskFacts): readonly string[];
  /** NaN where undefined (precision with nothing predicted positive). Pure. */
  value(sums: ArrayLike<number>, request: MetricRequest, task: TaskFacts): number;
  /** d value / d sums, written into `out`. */
  gradient(sums: ArrayLike<number>, out: Float64Array, request: MetricRequest, task: TaskFacts): void;
  /** Which moment is the weight of a fold (default: the first). */
  readonly weightMoment?: number;
}

/** From counts per group of tied scores, best score first; works on exact ties and on histogram bins alike. */
export interface RankMetric extends MetricWords {
  readonly shape: "rank";
  /**
   * Multiclass: evaluate once per class (positive = rows of the class, score = its probability), then take the plain
   * mean of value and of each row's influence over the classes that have a value. NaN where none has.
   */
  readonly oneVsRest?: true;
  /**
   * Value, and the influence of one positive and of one negative row in each group (mean 0 over all rows), scaled so
   * that d value / d (weight of a row) = influence / rows. NaN value where a class is missing. Influence arrays are
   * null when `influence` is false.
   */
  evaluate(
    positives: ArrayLike<number>,
    negatives: ArrayLike<number>,
    request: MetricRequest,
    influence: boolean,
  ): { value: number; positive: Float64Array | null; negative: Float64Array | null };
}

/** From all rows of a slice at once (medians and the like). */
export interface RowsMetric extends MetricWords {
  readonly shape: "rows";
  evaluate(
    label: Float64Array,
    prediction: Float64Array,
    request: MetricRequest,
    task: TaskFacts,
  ): { value: number; influence: Float64Array };
}

/** One value per list, then the mean over lists; NaN excludes the list (no relevant row), and it is counted. */
export interface ListMetric extends MetricWords {
  readonly shape: "list";
  /**
   * True where the size of a gain counts (`ndcg`); absent where only gain > 0 does (`map`).
   */
  readonly graded?: true;
  /**
   * `gains[start..end)` are the relevance gains (0 = not relevant) in the order that the model ranks them. Where the
   * policy says which relevance is a hit (`positive: { from: 2 }`), a lower grade comes with a minus: no hit, but its
   * size is a gain. `positives` is the number of gains above 0. `ideal[start..end)` are the sizes sorted descending.
   */
  list(
    gains: Float64Array,
    start: number,
    end: number,
    positives: number,
    ideal: Float64Array,
    request: MetricRequest,
  ): number;
}

/** Share of all items that appear in some list's first k (`coverage@k`): not a mean; interval by fold jackknife. */
export interface CatalogueMetric extends MetricWords {
  readonly shape: "catalogue";
}

export type Metric = MomentMetric | RankMetric | RowsMetric | ListMetric | CatalogueMetric;

/** What a metric may need to know besides the rows. */
export interface TaskFacts {
  readonly task: Task;
  /** Multiclass: class names in code order. */
  readonly classes: readonly string[];
  readonly costs: { readonly falsePositive: number; readonly falseNegative: number } | null;
  /** `mase`: mean absolute error of the (seasonal) naive forecast on the training data, by period. */
  readonly naiveError?: ReadonlyMap<number, number>;
}
