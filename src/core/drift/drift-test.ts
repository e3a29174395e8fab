import type { ColumnPair } from "./column-pair.ts";

/** One entry of the catalogue of drift tests: its words are what the reference prints. */
export interface DriftTest {
  /** Key in `umpire.drift/1`. */
  readonly name: string;
  readonly title: string;
  /** `ordered`: numbers, times, text lengths; `any`: categories too. */
  readonly needs: "ordered" | "any";
  readonly range: readonly [number, number];
  /** What is computed, on which bins, and where the p-value comes from. */
  readonly convention: string;
  /** What happens to the statistic when both sides are multiplied by one positive number: always nothing. */
  readonly hasPValue: boolean;
  compute(pair: ColumnPair): DriftTestResult;
}

/** Numbers of a test; null with a reason where they cannot be computed. */
export interface DriftTestResult {
  readonly statistic: number | null;
  readonly p_value: number | null;
  readonly method: string;
  readonly reason?: string;
  /** Largest error of the statistic when it was taken from histograms instead of rows. */
  readonly error_bound?: number;
}

export function noResult(method: string, reason: string): DriftTestResult {
  return { statistic: null, p_value: null, method, reason };
}
