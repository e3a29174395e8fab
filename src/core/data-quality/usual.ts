/** What earlier loads were like, as far as there are enough of them; null parts fall back to the contract. */
export interface Usual {
  readonly rows: { readonly usual: number; readonly from: number; readonly to: number; readonly says: string } | null;
}

/** What is kept of each accepted load to learn the usual from. */
export interface LoadRecord {
  /** When the load was accepted, milliseconds since 1970. */
  readonly at: number;
  readonly rows: number;
}

const needed = 5;

/**
 * The usual number of rows, from accepted loads at the same place in the season: same weekday and hour if five loads
 * share them, else same weekday, else same month, else all of the last hundred. Limits are the median times or divided
 * by exp(max(4 robust standard deviations of the logarithms, ln 1.5)).
 */
export function learnUsual(history: readonly LoadRecord[], now: number): Usual {
  const recent = history.filter((load) => load.rows > 0).slice(-400);
  const place = (at: number): { hour: number; weekday: number; month: number } => {
    const date = new Date(at);
    return { hour: date.getUTCHours(), weekday: date.getUTCDay(), month: date.getUTCMonth() };
  };
  const today = place(now);
  const weekdays = ["Sundays", "Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays"];
  const choices: readonly [string, (load: LoadRecord) => boolean][] = [
    [
      `${weekdays[today.weekday]} at ${today.hour}:00 UTC`,
      (load) => place(load.at).weekday === today.weekday && place(load.at).hour === today.hour,
    ],
    [weekdays[today.weekday]!, (load) => place(load.at).weekday === today.weekday],
    ["this month of the year", (load) => place(load.at).month === today.month],
    ["the last loads", () => true],
  ];
  for (const [says, fits] of choices) {
    const loads = recent.filter(fits).slice(-100);
    if (loads.length < needed) continue;
    const logs = loads.map((load) => Math.log(load.rows)).sort((a, b) => a - b);
    const median = middle(logs);
    const spread = 1.4826 * middle(logs.map((value) => Math.abs(value - median)).sort((a, b) => a - b));
    const width = Math.max(4 * spread, Math.log(1.5));
    const usual = Math.round(Math.exp(median));
    return {
      rows: {
        usual,
        from: Math.floor(Math.exp(median - width)),
        to: Math.ceil(Math.exp(median + width)),
        says: `the median of ${loads.length} loads on ${says}`
          .replace("on the last", "of the last")
          .replace("on this month", "in this month"),
      },
    };
  }
  return { rows: null };
}

function middle(sorted: readonly number[]): number {
  const half = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(half)]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
