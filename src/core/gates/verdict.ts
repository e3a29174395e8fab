import type { Note, Outcome } from "../findings.ts";
import type { SliceKind } from "../slices/slice.ts";
import type { Task } from "../metrics/metric.ts";

/** The document `verdict.json`, schema "umpire.verdict/1". No clock, host or path. Numbers in full precision; null has a reason. */
export interface Verdict {
  readonly schema: "umpire.verdict/1";
  readonly decision: Outcome;
  /** One sentence that a product manager understands. */
  readonly reason: string;
  readonly model: string;
  readonly task: Task;
  /** The metric that decides (the policy's first). */
  readonly metric: string;
  readonly champion: string;
  readonly challenger: string;
  readonly counts: {
    readonly rows: number;
    readonly groups: number | null;
    readonly units: number;
    readonly positives: number | null;
    readonly unit: string;
    readonly period: readonly [string, string] | null;
  };
  readonly score: Score;
  readonly overall: Readonly<Record<string, PairedNumber>>;
  readonly slices: readonly SliceResult[];
  readonly baselines: readonly BaselineResult[];
  readonly gates: readonly GateResult[];
  /** More units that would decide, per undecided gate; null with the reason where none would. */
  readonly needed: readonly { readonly gate: string; readonly units: number | null; readonly reason: string }[];
  readonly power: Power;
  readonly notes: readonly Note[];
  readonly fingerprints: {
    readonly data: string;
    readonly policy: string;
    readonly models: Readonly<Record<string, string>>;
    readonly product: string;
  };
  readonly seed: number;
}

/** Weighted mean over slices; `difference` is oriented: positive means that the challenger is better. */
export interface Score {
  readonly champion: number | null;
  readonly challenger: number | null;
  readonly difference: number | null;
  readonly interval: readonly [number, number] | null;
  readonly confidence: number;
  readonly method: string;
  readonly weight: { readonly evaluated: number; readonly excluded: number };
  /** Plain weighted sums. */
  readonly sums: { readonly champion: number | null; readonly challenger: number | null };
  readonly reason: string | null;
}

/** `difference` is challenger minus champion, raw; `direction` +1 where more is better. */
export interface PairedNumber {
  readonly champion: number | null;
  readonly challenger: number | null;
  readonly difference: number | null;
  readonly interval: readonly [number, number] | null;
  readonly direction: 1 | -1;
  readonly n: number;
  readonly units: number;
  readonly method: string;
  readonly reason: string | null;
}

export interface SliceResult {
  readonly name: string;
  readonly entry: string;
  readonly kind: SliceKind;
  readonly where: unknown;
  readonly weight: number;
  readonly blocking: boolean;
  readonly margin: number;
  readonly rows: number;
  readonly groups: number | null;
  readonly units: number;
  readonly positives: number | null;
  readonly share: number;
  readonly metrics: Readonly<Record<string, PairedNumber>>;
  /** Expected cost per 1,000 predictions, where costs are declared. */
  readonly cost: PairedNumber | null;
  /** Of the deciding metric, against the slice's margin. */
  readonly outcome: Outcome;
  readonly reason: string | null;
  readonly flags: readonly string[];
}

export interface BaselineResult {
  readonly name: string;
  /** Challenger against this baseline. `champion` holds the baseline's value. */
  readonly score: Score;
  readonly metrics: Readonly<Record<string, PairedNumber>>;
  readonly outcome: Outcome;
}

export interface GateResult {
  readonly name: string;
  readonly outcome: Outcome;
  readonly reason: string;
  readonly numbers: Readonly<Record<string, number | string | null>>;
}

export interface Power {
  /** Difference everywhere for which `pass` is stated, and whence it is taken. */
  readonly expected: number | null;
  readonly source: "policy" | "observed" | null;
  readonly pass: number | null;
  /** P(pass) if the two were equal. */
  readonly falsePass: number | null;
  /** Smallest difference everywhere that would pass with 80%. */
  readonly detectable: number | null;
  readonly reason: string | null;
}
