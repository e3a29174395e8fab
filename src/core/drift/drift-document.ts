import type { Note } from "../findings.ts";
import type { DriftTestResult } from "./drift-test.ts";

/** The document of `umpire drift --json`, schema "umpire.drift/1". */
export interface DriftDocument {
  readonly schema: "umpire.drift/1";
  readonly outcome: "no-drift" | "drift" | "not-enough-data";
  /** One sentence: what moved, or that nothing did. */
  readonly reason: string;
  readonly reference: SideFacts;
  readonly current: SideFacts;
  readonly decision: DecisionFacts;
  /** Most harmful first: by impact, then by effect. */
  readonly columns: readonly ColumnDrift[];
  readonly joint: JointDrift;
  readonly only_in_reference: readonly string[];
  readonly only_in_current: readonly string[];
  readonly periods: readonly PeriodDrift[] | null;
  /** Whether periods or loads lack rows; null where there are none to tell by, or it was not to be judged. */
  readonly volume: VolumeDrift | null;
  /** Row-by-row detectors, with `--stream`. */
  readonly streams: StreamsDrift | null;
  /** False alarms to expect when nothing moves, all columns together: per month with `--by`, else per comparison. */
  readonly expected_false_alarms: number;
  readonly notes: readonly Note[];
  readonly seed: number;
}

export interface StreamsDrift {
  /** Rows between two false alarms on average, over all detectors together. */
  readonly promised_rows: number;
  readonly rows: number;
  readonly alarms: number;
  readonly detectors: readonly StreamAnswer[];
}

/** What one detector watched, row by row, and whether it raised an alarm. */
export interface StreamAnswer {
  readonly column: string;
  readonly watched: "mean" | "missing";
  readonly direction: "above" | "below";
  /** Value that was still taken as well, in the column's unit (share of rows for missing). */
  readonly baseline: number;
  /** Row of the current input, from 1, at which the alarm was raised; null while there is none. */
  readonly alarm_at_row: number | null;
  /** Row after which the change probably began. */
  readonly began_after_row: number | null;
  readonly time: string | null;
  /** Evidence against the promised run length: alarm at 1 or more. */
  readonly evidence: number;
}

export interface SideFacts {
  readonly files: readonly string[];
  readonly rows: number;
  /** First and last time, where there is a time column. */
  readonly period: readonly [string, string] | null;
  /** SHA-256 of the files; of a saved profile, that of the files it was made from; null where it was not kept. */
  readonly fingerprint: string | null;
}

export interface DecisionFacts {
  /** Chance of any false alarm over all columns, per comparison or per period. */
  readonly alpha: number;
  /** Families of columns that alpha holds for, each: columns that are still within a period are apart from those that move. */
  readonly families: number;
  /** Effect below which nothing is called drift. */
  readonly floor: number;
  readonly surprise: "conformal" | "two-sample";
  readonly by: string | null;
  readonly season: string | null;
  /** Reference windows per place in the season (the fewest), and how many an alarm needs. */
  readonly windows: number;
  readonly windows_needed: number;
  readonly false_alarms_per: "comparison" | "month";
  readonly convention: string;
}

export interface ColumnDrift {
  readonly name: string;
  readonly kind: string;
  /** Null where the column is not judged (identifier, time axis). */
  readonly drifted: boolean | null;
  readonly reason: string;
  /** 0 to 1; see `effectSize`. */
  readonly effect: number | null;
  readonly p_value: number | null;
  /** Corrected over columns; decides. */
  readonly adjusted_p_value: number | null;
  readonly surprise: string;
  readonly importance: number | null;
  /** importance x effect, or the effect where no importance is known. */
  readonly impact: number;
  readonly since: string | null;
  readonly shape: "abrupt" | "gradual" | null;
  readonly alarms: number | null;
  readonly tests: Readonly<Record<string, DriftTestResult>>;
  readonly plain: PlainAnswer;
  readonly text: TextDrift | null;
  readonly picture: ColumnPicture;
}

/** The first answer: current rows against the reference's extremes and mean, and values never seen. */
export interface PlainAnswer {
  readonly sentence: string;
  readonly reference: ColumnFacts;
  readonly current: ColumnFacts;
  readonly below_minimum: number | null;
  readonly above_maximum: number | null;
  readonly never_seen: {
    readonly rows: number;
    readonly values: ReadonlyArray<{ readonly value: string; readonly rows: number }>;
  };
}

export interface ColumnFacts {
  readonly rows: number;
  readonly missing: number;
  readonly infinite: number;
  readonly distinct: number;
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly mean: number | null;
  readonly sd: number | null;
  readonly median: number | null;
}

export interface TextDrift {
  readonly languages: ReadonlyArray<{
    readonly language: string;
    readonly reference: number;
    readonly current: number;
  }>;
  readonly language_p_value: number | null;
  /** Share of words that the reference does not have. For a reference of up to 150,000 rows it is 0 by construction. */
  readonly unknown_words: { readonly reference: number | null; readonly current: number | null };
  /** Jensen-Shannon distance of the vocabularies in 1,024 hashed cells. */
  readonly vocabulary_distance: number | null;
  readonly more_frequent: readonly WordShift[];
  readonly less_frequent: readonly WordShift[];
  readonly unseen: ReadonlyArray<{ readonly word: string; readonly count: number }>;
  readonly domain_classifier: ClassifierFacts;
}

export interface WordShift {
  readonly word: string;
  /** Occurrences per 1,000 words. */
  readonly reference: number;
  readonly current: number;
}

export interface ClassifierFacts {
  readonly auc: number | null;
  readonly interval: readonly [number, number] | null;
  readonly p_value: number | null;
  readonly drifted: boolean | null;
  readonly method: string;
  readonly reason: string;
  readonly importances: ReadonlyArray<{ readonly name: string; readonly share: number }>;
}

export interface JointDrift {
  readonly pca: {
    readonly statistic: number | null;
    readonly reference: number | null;
    readonly ratio: number | null;
    readonly p_value: number | null;
    readonly drifted: boolean | null;
    readonly components: number | null;
    readonly columns: readonly string[];
    readonly method: string;
    readonly reason: string;
  };
  readonly domain_classifier: ClassifierFacts;
}

/** Whether periods have the rows that the reference's have at the same place in the season. */
export interface VolumeDrift {
  /** Null where it is not judged. */
  readonly drifted: boolean | null;
  readonly reason: string;
  /** Reference periods, and how many an answer needs. */
  readonly windows: number;
  readonly windows_needed: number;
  /** Chance that a period of the reference's kind is called low: 1 / (R + 1) at most. */
  readonly false_alarm_rate: number | null;
  /** Periods that lack rows; where it is not judged, those with less than half of the usual. Periods without any row too. */
  readonly low: ReadonlyArray<{
    readonly from: string;
    readonly to: string;
    readonly rows: number;
    readonly usual_rows: number;
  }>;
}

export interface PeriodDrift {
  readonly from: string;
  readonly to: string;
  readonly rows: number;
  /** False where there are too few rows beside the reference's periods: shown, and no alarm is raised on a column. */
  readonly judged: boolean;
  /** Name of the declared event that covers the period; its alarms do not count. */
  readonly expected: string | null;
  readonly alarms: number;
  readonly columns: ReadonlyArray<PeriodColumn>;
}

export interface PeriodColumn {
  readonly name: string;
  readonly effect: number | null;
  readonly p_value: number | null;
  readonly adjusted_p_value: number | null;
  /** Effect above which there is an alarm: the larger of the floor and the band of the reference's own windows. */
  readonly limit: number | null;
  readonly drifted: boolean;
  readonly mean: number | null;
  readonly missing: number;
}

/** Shares over display bins, for charts. */
export interface ColumnPicture {
  readonly labels: readonly string[];
  /** Bounds of the bins for ordered kinds: one more than shares. */
  readonly bounds: readonly number[] | null;
  readonly reference: readonly number[];
  readonly current: readonly number[];
}
