import { midranks } from "../statistics/midranks.ts";

/** Answers of two versions on the same rows; what may inherit a verdict. */
export interface AgreementRows {
  readonly judged: Float64Array;
  readonly final: Float64Array;
  /** Slice masks by name; `everything` is added. */
  readonly slices: ReadonlyMap<string, Uint8Array>;
  /** Binary: decisions are compared at this threshold. */
  readonly threshold: number | null;
}

/** Bounds that hold on every slice. Null: not asked for. */
export interface AgreementBounds {
  /** Largest mean absolute difference of values or probabilities. */
  readonly meanDifference: number | null;
  /** Least Spearman rank correlation. */
  readonly rank: number | null;
  /** Largest share of decisions that differ. */
  readonly flips: number | null;
}

export interface SliceAgreement {
  readonly slice: string;
  readonly rows: number;
  readonly meanDifference: number | null;
  readonly rank: number | null;
  readonly flips: number | null;
  /** Null where it agrees. */
  readonly problem: string | null;
}

export interface Agreement {
  readonly inherits: boolean;
  readonly slices: readonly SliceAgreement[];
}

const FEWEST_ROWS = 30;

/**
 * A version that was retrained on all data after its twin passed inherits the verdict only where both answer alike, on
 * every slice: by value, by order and by decision, within the bounds. A slice with too few rows to say does not agree.
 */
export function compareAnswers(rows: AgreementRows, bounds: AgreementBounds): Agreement {
  const everything = new Uint8Array(rows.judged.length).fill(1);
  const masks = new Map([["everything", everything], ...rows.slices]);
  const slices = Array.from(masks, ([slice, mask]) => compareSlice(slice, mask, rows, bounds));
  const asked = bounds.meanDifference !== null || bounds.rank !== null || bounds.flips !== null;
  return { inherits: asked && slices.every(({ problem }) => problem === null), slices };
}

function compareSlice(slice: string, mask: Uint8Array, rows: AgreementRows, bounds: AgreementBounds): SliceAgreement {
  const index: number[] = [];
  for (let i = 0; i < mask.length; i++) if (mask[i] === 1) index.push(i);
  const a = Float64Array.from(index, (i) => rows.judged[i]!);
  const b = Float64Array.from(index, (i) => rows.final[i]!);
  const n = index.length;
  if (n < FEWEST_ROWS) {
    const problem = `${n} rows, at least ${FEWEST_ROWS} are needed to say`;
    return { slice, rows: n, meanDifference: null, rank: null, flips: null, problem };
  }
  let total = 0;
  let flipped = 0;
  for (let i = 0; i < n; i++) {
    total += Math.abs(a[i]! - b[i]!);
    if (rows.threshold !== null && a[i]! >= rows.threshold !== b[i]! >= rows.threshold) flipped++;
  }
  const meanDifference = total / n;
  const rank = rankCorrelation(a, b);
  const flips = rows.threshold === null ? null : flipped / n;
  return { slice, rows: n, meanDifference, rank, flips, problem: problemOf({ meanDifference, rank, flips }, bounds) };
}

function problemOf(
  { meanDifference, rank, flips }: Pick<SliceAgreement, "meanDifference" | "rank" | "flips">,
  bounds: AgreementBounds,
): string | null {
  const number = (value: number): string => String(Number(value.toPrecision(3)));
  if (bounds.meanDifference !== null && !(meanDifference! <= bounds.meanDifference)) {
    return `answers differ by ${number(meanDifference!)} on average, more than ${bounds.meanDifference}`;
  }
  if (bounds.rank !== null && !(rank !== null && rank >= bounds.rank)) {
    return rank === null
      ? "one of the two answers the same everywhere, so that their order cannot be compared"
      : `rank correlation ${number(rank)}, less than ${bounds.rank}`;
  }
  if (bounds.flips !== null && !(flips !== null && flips <= bounds.flips)) {
    return flips === null
      ? "decisions cannot be compared without a threshold"
      : `${number(100 * flips)}% of the decisions differ, more than ${number(100 * bounds.flips)}%`;
  }
  return null;
}

/** Spearman's rank correlation with midranks; null where one side has a single value. */
function rankCorrelation(a: Float64Array, b: Float64Array): number | null {
  const ranksA = midranks(a);
  const ranksB = midranks(b);
  const mean = (a.length + 1) / 2;
  let covariance = 0;
  let varianceA = 0;
  let varianceB = 0;
  for (let i = 0; i < a.length; i++) {
    const x = ranksA[i]! - mean;
    const y = ranksB[i]! - mean;
    covariance += x * y;
    varianceA += x * x;
    varianceB += y * y;
  }
  return varianceA > 0 && varianceB > 0 ? covariance / Math.sqrt(varianceA * varianceB) : null;
}
