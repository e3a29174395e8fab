/** A two-sided interval unless the method says otherwise; infinite ends are possible. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
}

/** An estimate with everything that a reader needs to judge it. */
export interface Estimate {
  /** Null where it cannot be computed; `reason` then says why. */
  readonly value: number | null;
  readonly standardError: number | null;
  readonly interval: Interval | null;
  /** Independent observations behind it (rows, pairs or units, as the function states). */
  readonly n: number;
  readonly method: string;
  readonly reason: string | null;
}

/** The answer of a hypothesis test. */
export interface TestResult {
  /** Null where the test cannot be made; `reason` then says why. */
  readonly statistic: number | null;
  readonly pValue: number | null;
  /** Sizes of the samples, in the order of the arguments. */
  readonly n: readonly number[];
  readonly method: string;
  readonly reason: string | null;
}

/** An {@link Estimate} that could not be made. */
export function noEstimate(n: number, method: string, reason: string): Estimate {
  return { value: null, standardError: null, interval: null, n, method, reason };
}

/** A {@link TestResult} that could not be made. */
export function noTest(n: readonly number[], method: string, reason: string): TestResult {
  return { statistic: null, pValue: null, n, method, reason };
}
