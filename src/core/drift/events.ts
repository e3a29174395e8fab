/** A change that was announced: a promotion, a holiday, a price rise. Its alarms are shown and do not count. */
export interface ExpectedEvent {
  readonly name: string;
  /** Milliseconds since 1970 UTC; `to` is exclusive. */
  readonly from: number;
  readonly to: number;
  /** Columns that may move; all when empty. */
  readonly columns: readonly string[];
}

/** Name of the joint reconstruction error among the columns of a period. */
export const jointName = "(joint: pca)";

/** The event that overlaps [from, to), several as one; or null. */
export function eventAt(
  events: readonly ExpectedEvent[],
  from: number | null,
  to: number | null,
): ExpectedEvent | null {
  if (from === null || to === null) return null;
  const over = events.filter((event) => event.from < to && event.to > from);
  if (over.length <= 1) return over[0] ?? null;
  return {
    name: over.map((event) => event.name).join(" and "),
    from: Math.min(...over.map((event) => event.from)),
    to: Math.max(...over.map((event) => event.to)),
    columns: over.some((event) => event.columns.length === 0) ? [] : over.flatMap((event) => event.columns),
  };
}

/** True when the event covers the column: its alarms do not count. How columns vary together moves with any of them. */
export function isExpected(event: ExpectedEvent | null, column: string): boolean {
  return event !== null && (event.columns.length === 0 || event.columns.includes(column) || column === jointName);
}

/** Events that hold from the first to the last row of a side; without periods no shorter one can be set aside. */
export function eventsOver(
  period: readonly [string, string] | null,
  events: readonly ExpectedEvent[],
): readonly ExpectedEvent[] {
  if (period === null) return [];
  return events.filter((event) => event.from <= Date.parse(period[0]) && event.to >= Date.parse(period[1]));
}
