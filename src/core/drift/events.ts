/** A change that was announced: a promotion, a holiday, a price rise. Its alarms are shown and do not count. */
export interface ExpectedEvent {
  readonly name: string;
  /** Milliseconds since 1970 UTC; `to` is exclusive. */
  readonly from: number;
  readonly to: number;
  /** Columns that may move; all when empty. */
  readonly columns: readonly string[];
}

/** The event that overlaps [from, to), or null. */
export function eventAt(
  events: readonly ExpectedEvent[],
  from: number | null,
  to: number | null,
): ExpectedEvent | null {
  if (from === null || to === null) return null;
  return events.find((event) => event.from < to && event.to > from) ?? null;
}

/** True when the event covers the column: its alarms do not count. */
export function isExpected(event: ExpectedEvent | null, column: string): boolean {
  return event !== null && (event.columns.length === 0 || event.columns.includes(column));
}

/** Events that hold from the first to the last row of a side; without periods no shorter one can be set aside. */
export function eventsOver(
  period: readonly [string, string] | null,
  events: readonly ExpectedEvent[],
): readonly ExpectedEvent[] {
  if (period === null) return [];
  return events.filter((event) => event.from <= Date.parse(period[0]) && event.to >= Date.parse(period[1]));
}
