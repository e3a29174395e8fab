import { type Profile, mergeProfiles } from "../profile/profile.ts";
import { eventAt, type ExpectedEvent, isExpected } from "./events.ts";
import type { DriftWindow } from "./drift-window.ts";
import type { WindowJudgement } from "./judge-windows.ts";

/** What of the current side is left for a column when announced events are set aside. */
export interface OutsideEvents {
  /** Null where an event covers everything. */
  readonly profile: Profile | null;
  /** Name of the event that covers rows of the column. */
  readonly event: string | null;
}

/** Current rows outside of the events that cover a column; everything where there is none. Merges each choice of windows once. */
export function outsideEvents(
  windows: readonly Pick<WindowJudgement, "window" | "event">[],
  whole: Profile,
): (column: string) => OutsideEvents {
  const known = new Map<string, OutsideEvents>();
  return (column) => {
    const covered = windows.map(({ event }) => isExpected(event, column));
    const first = windows[covered.indexOf(true)]?.event?.name ?? null;
    if (first === null) return { profile: whole, event: null };
    const key = covered.map(Number).join("");
    const before = known.get(key);
    if (before !== undefined) return before;
    const rest = windows.filter((_, index) => !covered[index]).map(({ window }) => window.profile);
    const made = { profile: rest.length === 0 ? null : mergeProfiles(rest), event: first };
    known.set(key, made);
    return made;
  };
}

/** Windows with the event that each lies in. */
export function withEvents(windows: readonly DriftWindow[], events: readonly ExpectedEvent[]) {
  return windows.map((window) => ({ window, event: eventAt(events, window.from, window.to) }));
}
