/** How complete labels of an age are: the share of those that come at all which has come by then. A step function. */
export interface LabelArrival {
  /** Delays at which labels came, ascending, in the unit of the ages. */
  readonly delays: Float64Array;
  /** Share that has come by each of them (inclusive). */
  readonly shares: Float64Array;
  /** The longest delay that could be seen: what comes later is not known of, and not counted. */
  readonly horizon: number;
  /** Labels behind it. */
  readonly n: number;
  readonly method: string;
}

/** A label that came: how long after its prediction, and how old the prediction is now (`delay <= age`). */
export interface ArrivedLabels {
  readonly delays: Float64Array;
  readonly ages: Float64Array;
}

/**
 * Arrival where only labels that came are told from nothing (a conversion): delays are right-truncated by the age of their
 * prediction. Lynden-Bell (1971), METHODS 8: F(x) = product over delays d > x of 1 - m/R(d) with R(u) the number of
 * labels with delay <= u <= age. Where a single label is left at risk inside the range, R + 1 stands for R, because the
 * plain estimate would be 0 for every younger age.
 */
export function truncatedArrival({ delays, ages }: ArrivedLabels): LabelArrival {
  const method = "right-truncated delays (Lynden-Bell 1971)";
  const n = delays.length;
  const byDelay = delays.slice().sort();
  const byAge = ages.slice().sort();
  const horizon = byAge.at(-1) ?? 0;
  const { values, counts } = distinct(byDelay);
  const shares = new Float64Array(values.length);
  let share = 1;
  let come = n;
  let younger = byAge.length;
  for (let j = values.length - 1; j >= 0; j--) {
    shares[j] = share;
    while (younger > 0 && byAge[younger - 1]! >= values[j]!) younger--;
    const atRisk = come - younger;
    const many = counts[j]!;
    share *= 1 - many / (atRisk > many || j === 0 ? atRisk : atRisk + 1);
    come -= many;
  }
  return { delays: values, shares, horizon, n, method };
}

/** Predictions of which some have no label yet: delays of those that have, and the age of every one. */
export interface CensoredLabels {
  /** NaN where no label has come. */
  readonly delays: Float64Array;
  readonly ages: Float64Array;
}

/**
 * Arrival where every prediction is to get a label: a missing one is censored at its age. Kaplan-Meier (1958): F = 1 - S.
 * Stays below 1 where some never come; weights 1/F then stand for those too.
 */
export function censoredArrival({ delays, ages }: CensoredLabels): LabelArrival {
  const come = delays.filter((delay) => delay === delay).sort();
  const left = delays.map((delay, i) => (delay === delay ? delay : ages[i]!)).sort();
  const { values, counts } = distinct(come);
  const shares = new Float64Array(values.length);
  let survival = 1;
  let gone = 0;
  for (let j = 0; j < values.length; j++) {
    while (gone < left.length && left[gone]! < values[j]!) gone++;
    survival *= 1 - counts[j]! / (left.length - gone);
    shares[j] = 1 - survival;
  }
  const horizon = ages.reduce((most, age) => Math.max(most, age), 0);
  return { delays: values, shares, horizon, n: come.length, method: "censored delays (Kaplan-Meier 1958)" };
}

/** Share of the labels of an age that has come; 0 before the first delay. */
export function completeness({ delays, shares }: LabelArrival, age: number): number {
  let low = 0;
  let high = delays.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (delays[middle]! <= age) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? 0 : shares[low - 1]!;
}

/** Rate of a label that only comes for hits: conversions over the sum of completeness (METHODS 8). NaN while that is 0. */
export function completedRate(conversions: number, ages: Float64Array, arrival: LabelArrival): number {
  let exposure = 0;
  for (const age of ages) exposure += completeness(arrival, age);
  return exposure > 0 ? conversions / exposure : Number.NaN;
}

function distinct(sorted: Float64Array): { values: Float64Array; counts: number[] } {
  const values: number[] = [];
  const counts: number[] = [];
  for (const value of sorted) {
    if (value === values.at(-1)) counts[counts.length - 1]!++;
    else {
      values.push(value);
      counts.push(1);
    }
  }
  return { values: Float64Array.from(values), counts };
}
