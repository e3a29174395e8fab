/** Page's CUSUM (1954), one-sided upward: S = max(0, S + x - mean - slack), alarm when S exceeds `limit`. */
export interface CusumOptions {
  readonly mean: number;
  /** Half the shift that matters, in units of x. */
  readonly slack: number;
  readonly limit: number;
}

export interface CusumState {
  readonly options: CusumOptions;
  n: number;
  sum: number;
  /** Values seen when the sum was last 0: where the change probably began. */
  beganAfter: number;
  alarmAt: number | null;
}

/** Starts at 0. For a fall, watch -x with mean -mean. */
export function startCusum(options: CusumOptions): CusumState {
  return { options, n: 0, sum: 0, beganAfter: 0, alarmAt: null };
}

/** Takes in one value, in place; returns whether an alarm stands. NaN is left out. */
export function addToCusum(state: CusumState, x: number): boolean {
  if (Number.isNaN(x)) return state.alarmAt !== null;
  state.sum = Math.max(0, state.sum + x - state.options.mean - state.options.slack);
  state.n++;
  if (state.sum === 0) state.beganAfter = state.n;
  if (state.alarmAt === null && state.sum > state.options.limit) state.alarmAt = state.n;
  return state.alarmAt !== null;
}

/**
 * Page-Hinkley, upward: U = sum of (x_i - running mean_i - delta); alarm when U exceeds its minimum so far by more than
 * `limit`. Needs no known mean. For a fall, watch -x.
 */
export interface PageHinkleyState {
  readonly delta: number;
  readonly limit: number;
  n: number;
  mean: number;
  sum: number;
  minimum: number;
  /** Values seen at the minimum: where the change probably began. */
  beganAfter: number;
  alarmAt: number | null;
}

/** Starts without a mean. */
export function startPageHinkley(delta: number, limit: number): PageHinkleyState {
  return { delta, limit, n: 0, mean: 0, sum: 0, minimum: 0, beganAfter: 0, alarmAt: null };
}

/** Takes in one value, in place; returns whether an alarm stands. NaN is left out. */
export function addToPageHinkley(state: PageHinkleyState, x: number): boolean {
  if (Number.isNaN(x)) return state.alarmAt !== null;
  state.n++;
  state.mean += (x - state.mean) / state.n;
  state.sum += x - state.mean - state.delta;
  if (state.sum <= state.minimum) {
    state.minimum = state.sum;
    state.beganAfter = state.n;
  }
  if (state.alarmAt === null && state.sum - state.minimum > state.limit) state.alarmAt = state.n;
  return state.alarmAt !== null;
}
