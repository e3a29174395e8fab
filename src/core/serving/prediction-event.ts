import type { FeatureRecord } from "./feature-record.ts";
import type { OverrideEffect } from "./overrides.ts";

/** What the log keeps of one prediction: enough to know later whether it was right, and why it was given. */
export interface PredictionEvent {
  /** `test`: asked by a test of load; whoever reads predictions passes it over. */
  readonly kind: "prediction" | "test";
  /** Of this prediction; joins are idempotent by it. */
  readonly id: string;
  /** The caller's own key, for labels that come by it. */
  readonly key: string | null;
  /** One per request, shared by its rows and by the answers of shadows. */
  readonly request: string;
  /** Milliseconds since 1970 when the answer was made; `time` is when the caller says that it happened. */
  readonly at: number;
  readonly time: number | null;
  readonly model: string;
  /** The version that answered, after fallbacks; `routed` is the one that was chosen. */
  readonly version: string;
  readonly routed: string;
  readonly cohort: string;
  readonly arm: string;
  readonly propensity: number;
  readonly unit: string | null;
  readonly group: string | null;
  readonly item: string | null;
  /** Features as they came; null for units who opted out. */
  readonly raw: FeatureRecord | null;
  /** Features as the model got them, where they differ. */
  readonly prepared: FeatureRecord | null;
  readonly context: FeatureRecord | null;
  /** Of several classes: the one with the highest probability; the probabilities are `classes`. */
  readonly prediction: number | string | readonly number[] | null;
  readonly classes: Readonly<Record<string, number>> | null;
  /** Before overrides, where one changed it. */
  readonly score: number | null;
  readonly position: number | null;
  readonly milliseconds: number;
  readonly fallback: string | null;
  readonly marks: readonly string[];
  readonly overrides: readonly OverrideEffect[];
  readonly door: string;
}

/** The answer that a shadow would have given. */
export interface ShadowEvent {
  readonly kind: "shadow";
  readonly id: string;
  readonly at: number;
  readonly model: string;
  readonly version: string;
  readonly prediction: number | string | readonly number[] | null;
  readonly classes: Readonly<Record<string, number>> | null;
  readonly milliseconds: number;
  readonly error: string | null;
}

/** A label that came. All are kept; of those with one id (or key) and name, the latest by `time`, then by `at`, stands. */
export interface LabelEvent {
  readonly kind: "label";
  readonly id: string | null;
  readonly key: string | null;
  /** With a key of a list: the item that is labelled. */
  readonly item: string | null;
  readonly model: string | null;
  /** What is labelled, where a prediction has several: `label` by default. */
  readonly name: string;
  readonly label: number | string | boolean | null;
  /** When the label became known, milliseconds since 1970. */
  readonly time: number;
  readonly at: number;
  readonly source: string | null;
}

/** A record that the contract refused. */
export interface QuarantineEvent {
  readonly kind: "quarantine";
  readonly at: number;
  readonly model: string;
  readonly request: string;
  readonly record: FeatureRecord | null;
  readonly problems: readonly string[];
  /** Of each problem, `type:age`. */
  readonly marks: readonly string[];
  readonly action: string;
}

export type LogEvent = PredictionEvent | ShadowEvent | LabelEvent | QuarantineEvent;
