import { form } from "./cell-form.ts";
import type { CheckBlock, CheckColumn } from "./check-block.ts";
import type { Contract } from "./contract.ts";

const day = 86_400_000;

/** The time with day and month changed for one another; both are 12 or less. */
export function swapDayAndMonth(time: number): number {
  const date = new Date(time);
  const ofDay = ((time % day) + day) % day;
  return Date.UTC(date.getUTCFullYear(), date.getUTCDate() - 1, date.getUTCMonth() + 1) + ofDay;
}

/**
 * Reads 03/04/2026 the right way round, block by block: as the contract's format says, else as the dates of the same
 * column that can only be read one way (23/04/2026), from the first of them on. A cell alone is read month first.
 */
export class DateOrder {
  readonly #dayFirst = new Map<string, boolean>();

  constructor(contract: Contract | null) {
    for (const { name, type, format } of contract?.columns ?? []) {
      if (type === "time" && (format === "day-first" || format === "month-first"))
        this.#dayFirst.set(name, format === "day-first");
    }
  }

  /** Corrects the times of the block in place. */
  apply(block: CheckBlock): void {
    for (const column of block.columns) {
      const { uniform } = column;
      if (uniform !== null && uniform !== form.dayOrMonthFirst) {
        if (uniform === form.dayFirst || uniform === form.monthFirst)
          this.#learn(column.name, uniform === form.dayFirst);
        continue;
      }
      if (uniform === null) {
        const forms = column.forms.subarray(0, block.rows);
        const [dayFirst, monthFirst] = [forms.includes(form.dayFirst), forms.includes(form.monthFirst)];
        if (dayFirst !== monthFirst) this.#learn(column.name, dayFirst);
        if (!forms.includes(form.dayOrMonthFirst)) continue;
      }
      if (this.#dayFirst.get(column.name) === true) swap(column, block.rows);
    }
  }

  #learn(name: string, dayFirst: boolean): void {
    if (!this.#dayFirst.has(name)) this.#dayFirst.set(name, dayFirst);
  }
}

function swap(column: CheckColumn, rows: number): void {
  const { uniform, forms, numbers } = column;
  for (let row = 0; row < rows; row++) {
    if ((uniform ?? forms[row]) === form.dayOrMonthFirst) numbers[row] = swapDayAndMonth(numbers[row]!);
  }
}

/**
 * Which way round a column of dates that can all be read both ways was meant: the way in which they span a third of the
 * days or less, else the way in which the newest of them is near the time of the check and the other way is not.
 * @param times as read month first, ascending
 */
export function likelyOrder(times: Float64Array, now: number | null): "day-first" | "month-first" | null {
  if (times.length === 0) return null;
  const swapped = times.map(swapDayAndMonth).sort();
  const span = (sorted: Float64Array): number => sorted.at(-1)! - sorted[0]! + day;
  if (span(swapped) * 3 <= span(times)) return "day-first";
  if (span(times) * 3 <= span(swapped)) return "month-first";
  if (now === null) return null;
  const distance = (sorted: Float64Array): number => {
    const age = now - sorted.at(-1)!;
    // Rows of tomorrow's date may be a matter of time zones, later ones are not rows of the past.
    return age < -day ? Number.POSITIVE_INFINITY : Math.max(0, age) + day;
  };
  const [daysFirst, monthsFirst] = [distance(swapped), distance(times)];
  if (daysFirst * 3 <= monthsFirst) return "day-first";
  return monthsFirst * 3 <= daysFirst ? "month-first" : null;
}
