import { type PeriodName, periodStart } from "../drift/periods.ts";
import type { TaskFacts } from "../metrics/metric.ts";
import { betweenVariance } from "../statistics/between-variance.ts";
import type { AnswerRows } from "./answer-rows.ts";
import { type LabelProcess, measureQuality } from "./measured-quality.ts";
import { takeAnswers } from "./take-answers.ts";

/** How much quality differs between periods in which nothing is wrong. */
export interface PeriodSpread {
  /** Standard deviation between periods, without the error that each has from its rows. */
  readonly deviation: number;
  /** Periods that told it. */
  readonly periods: number;
}

/** Fewer periods than this say too little of how they differ. */
export const LEAST_PERIODS = 8;

/**
 * Measures the periods of the reference one by one: a model is a little better on some days than on others (weather,
 * weekend), and a day like that is no fall. Where a period has hardly any units (the unit is the day itself), its rows are
 * taken as units: what they share is what tells the day from others.
 * @param times milliseconds since 1970, per row; rows without a time count in no period
 * @returns null where fewer than eight periods have a value
 */
export function periodSpread(
  metric: string,
  reference: { readonly rows: AnswerRows; readonly times: Float64Array; readonly process: LabelProcess },
  by: PeriodName,
  leastUnits: number,
  facts: TaskFacts,
): PeriodSpread | null {
  const { rows, times, process } = reference;
  const values: number[] = [];
  const errors: number[] = [];
  for (const index of rowsByPeriod(times, by)) {
    const period = takeAnswers(rows, index);
    const units = new Set(period.units).size;
    if (rows.task === "ranking" && units < leastUnits) continue;
    const own = units >= leastUnits ? period : { ...period, units: Uint32Array.from(index, (_, i) => i) };
    const { value, standardError, units: told } = measureQuality(metric, own, process, facts);
    if (value === null || standardError === null || !(standardError > 0) || told < leastUnits) continue;
    values.push(value);
    errors.push(standardError);
  }
  if (values.length < LEAST_PERIODS) return null;
  return { deviation: Math.sqrt(betweenVariance(values, errors)!.variance), periods: values.length };
}

function rowsByPeriod(times: Float64Array, by: PeriodName): number[][] {
  const periods = new Map<number, number[]>();
  times.forEach((time, row) => {
    if (Number.isNaN(time)) return;
    const start = periodStart(time, by);
    const rows = periods.get(start);
    if (rows === undefined) periods.set(start, [row]);
    else rows.push(row);
  });
  return [...periods.values()];
}
