import type { DriftWindow } from "../../core/drift/drift-window.ts";
import type { PeriodName } from "../../core/drift/periods.ts";
import { periodEnd, periodNames, periodStart } from "../../core/drift/periods.ts";
import { Failure } from "../../core/failures.ts";
import type { Note } from "../../core/findings.ts";
import type { Frame } from "../../core/profile/frame.ts";
import type { Profile } from "../../core/profile/profile.ts";
import { mergeProfiles } from "../../core/profile/profile.ts";
import { reframeProfile } from "../../core/profile/reframe.ts";
import type { CollectedSide, SavedSide, Side, SideRequest } from "./side.ts";

/** Largest share of rows that may lie on the other side of an edge; a column beyond it is not compared. */
const widestSpread = 0.02;

/** The profiles of a saved side as windows; no row is read. */
export function collectSaved(side: SavedSide, request: SideRequest): CollectedSide {
  const { saved } = side;
  const { lost, says, profiles } = onFrame(side, request.frame);
  const loads = saved.document.time?.by === "load";
  const own = loads ? null : ((saved.document.time?.by ?? null) as PeriodName | null);
  const windows: DriftWindow[] = profiles.flatMap((profile, index) => {
    const { from, to } = saved.document.periods[index]!;
    return from === null || to === null ? [] : [{ from: Date.parse(from), to: Date.parse(to), profile }];
  });
  const by = request.by ?? own ?? (loads ? "day" : null);
  return {
    frame: request.frame ?? saved.frame,
    whole: mergeProfiles(profiles),
    sample: null,
    by,
    periods: by === null || by === own ? windows : inPeriods(windows, by, own, side.path),
    // A file of today against earlier loads: each of them is a window.
    runs: loads ? windows : [],
    timeless: 0,
    first: windows[0]?.from ?? null,
    last: windows.at(-1)?.to ?? null,
    lost,
    says,
  };
}

/** Says which loads of a folder take no part: those that were counted before the contract's columns changed. */
export function otherFrames(side: Side): Note[] {
  const left = "saved" in side ? (side.saved.otherFrames ?? 0) : 0;
  if (left === 0 || !("saved" in side)) return [];
  const kept = side.saved.profiles.length;
  return [
    {
      code: "other-frames",
      severity: "warning",
      message: `${left} of the ${left + kept} loads in ${side.path} are left out: their profiles count on an older frame, from before the contract's columns changed; the answer is about the other ${kept}`,
      mend: ["to compare older rows too, give their files instead of the folder"],
    },
  ];
}

/** The saved profiles on the frame that is asked for: their own, or one on which they are counted again as far as they tell. */
function onFrame(
  { saved, path }: SavedSide,
  frame: Frame | null,
): { lost: ReadonlyMap<string, string>; says: readonly string[]; profiles: readonly Profile[] } {
  if (frame === null || frame.id === saved.frame.id) return { lost: new Map(), says: [], profiles: saved.profiles };
  const whole = reframeProfile(mergeProfiles(saved.profiles), frame);
  const lost = new Map(whole.lost);
  let widest = 0;
  for (const [name, share] of whole.spread) {
    if (share > widestSpread) lost.set(name, `on these edges ${percent(share)} of its rows may lie elsewhere`);
    else widest = Math.max(widest, share);
  }
  const columns = lost.size === 0 ? "" : `; ${[...lost.keys()].slice(0, 5).join(", ")} cannot be compared so`;
  return {
    lost,
    says: [
      `${path} counts on other edges than the reference: distances are right within ${percent(widest)} of the rows, and how columns vary together is not compared${columns}. For an exact answer: umpire profile ${saved.document.source.files[0] ?? "DATA"} --like REFERENCE`,
    ],
    profiles: saved.profiles.map((profile) => reframeProfile(profile, frame).profile),
  };
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(2))}%`;
}

/**
 * Windows summed to longer periods; a load counts in the period of its newest row.
 * @throws Failure USAGE where the saved periods are longer than those asked for
 */
function inPeriods(
  windows: readonly DriftWindow[],
  by: PeriodName,
  own: PeriodName | null,
  path: string,
): DriftWindow[] {
  if (own !== null && (periodNames.indexOf(own) > periodNames.indexOf(by) || (own === "week" && by !== "week"))) {
    throw new Failure("USAGE", {
      where: path,
      message: `the saved profile has periods of a ${own}, not of a ${by}`,
      mend: [`use --by ${own}, or make the profile again with --by ${by}`],
    });
  }
  const parts = new Map<number, Profile[]>();
  for (const { to, profile } of windows) {
    const start = periodStart(to! - 1, by);
    parts.set(start, [...(parts.get(start) ?? []), profile]);
  }
  return [...parts]
    .sort((a, b) => a[0] - b[0])
    .map(([from, profiles]) => ({ from, to: periodEnd(from, by), profile: mergeProfiles(profiles) }));
}

/**
 * The periods that end within a span of time before the newest one's end, and those before them.
 * @throws Failure DATA where nothing lies before the span, USAGE where the profile has no periods
 */
export function lastPeriods(side: SavedSide, milliseconds: number): { recent: SavedSide; earlier: SavedSide } {
  const { document, profiles } = side.saved;
  const ends = document.periods.map(({ to }) => (to === null ? Number.NaN : Date.parse(to)));
  const newest = Math.max(...ends);
  if (Number.isNaN(newest)) {
    throw new Failure("USAGE", {
      where: side.path,
      message: "--last needs periods, and this profile has one for everything",
      mend: ["make it again with periods: umpire profile DATA --by day"],
    });
  }
  const part = (keep: (end: number) => boolean): SavedSide => {
    const kept = ends.map((_, index) => index).filter((index) => keep(ends[index]!));
    if (kept.length === 0) {
      throw new Failure("DATA", {
        where: side.path,
        message: "all of it lies within --last: there is nothing before it",
      });
    }
    const periods = kept.map((index) => document.periods[index]!);
    return {
      ...side,
      saved: { ...side.saved, document: { ...document, periods }, profiles: kept.map((i) => profiles[i]!) },
    };
  };
  return {
    recent: part((end) => end > newest - milliseconds),
    get earlier() {
      return part((end) => end <= newest - milliseconds);
    },
  };
}
