import { describe, expect, test } from "vitest";
import type { Profile } from "../profile/profile.ts";
import { createRandom } from "../statistics/random.ts";
import type { DriftWindow } from "./drift-window.ts";
import type { PeriodName } from "./periods.ts";
import { type VolumeInput, judgeVolume } from "./volume.ts";

const day = 86_400_000;
const start = Date.UTC(2025, 0, 6);

function windows(rows: readonly (number | null)[], from = start, by: PeriodName | null = "day"): DriftWindow[] {
  const length = by === "hour" ? day / 24 : day;
  return rows.flatMap((count, i) =>
    count === null
      ? []
      : [{ from: from + i * length, to: from + (i + 1) * length, profile: { rows: count } as unknown as Profile }],
  );
}

function judge(reference: readonly DriftWindow[], current: readonly DriftWindow[], changes: Partial<VolumeInput> = {}) {
  return judgeVolume({
    referenceWindows: reference,
    currentWindows: current,
    period: null,
    by: "day",
    alpha: 0.05,
    events: [],
    ...changes,
  })!;
}

/** Days of about 1,000 rows, weekends of a quarter. */
function weeks(days: number, seed: number): number[] {
  const random = createRandom(seed);
  return Array.from({ length: days }, (_, d) =>
    Math.round((d % 7 >= 5 ? 250 : 1000) * Math.exp(0.1 * random.nextNormal())),
  );
}

describe("days that lack rows", () => {
  const reference = windows(weeks(84, 1));
  const later = start + 84 * day;

  test("are drift, with their dates, and a weekend is no weekday", () => {
    const rows = weeks(28, 2);
    expect(judge(reference, windows(rows, later))).toMatchObject({ drifted: false, low: [] });
    rows[9] = 280;
    const answer = judge(reference, windows(rows, later));
    expect(answer.drifted).toBe(true);
    expect(answer.low).toHaveLength(1);
    expect(answer.low[0]).toMatchObject({ from: new Date(later + 9 * day).toISOString(), rows: 280 });
    expect(answer.low[0]!.usual_rows).toBeGreaterThan(900);
    expect(answer.reason).toContain("1 of 28 days has fewer than half of the usual rows: 2025-04-09 280 of ");
  });

  test("without any row are found between others", () => {
    const rows: (number | null)[] = weeks(28, 3);
    rows[15] = null;
    rows[16] = null;
    const answer = judge(reference, windows(rows, later));
    expect(answer.drifted).toBe(true);
    expect(answer.low.map((low) => low.rows)).toEqual([0, 0]);
  });

  test("of a last day that is not over count by its part", () => {
    const rows = weeks(24, 4);
    rows[23] = 480;
    const half: [number, number] = [later, later + 23.5 * day];
    expect(judge(reference, windows(rows, later), { period: half }).low).toEqual([]);
    expect(judge(reference, windows(rows, later)).low).toHaveLength(1);
    rows[23] = 90;
    expect(judge(reference, windows(rows, later), { period: half }).low).toHaveLength(1);
  });

  test("in an announced event are expected", () => {
    const rows = weeks(28, 5);
    rows[9] = 10;
    const event = { name: "holiday", from: later + 9 * day, to: later + 10 * day, columns: [] };
    expect(judge(reference, windows(rows, later), { events: [event] })).toMatchObject({ drifted: false, low: [] });
  });

  test("with too short a reference are told and not judged", () => {
    const answer = judge(reference.slice(0, 12), windows([1000, 1000, 90, 1000], later));
    expect(answer).toMatchObject({ drifted: null, windows: 10, windows_needed: 20 });
    expect(answer.reason).toContain("90 of");
    expect(answer.reason).toContain("20 are needed");
  });
});

test("where nothing is usual nothing lacks: a feed without Sundays", () => {
  const rows = (days: number) => Array.from({ length: days }, (_, d) => (d % 7 === 6 ? null : 1000));
  const answer = judge(windows(rows(84)), windows(rows(28), start + 84 * day));
  expect(answer).toMatchObject({ drifted: false, low: [] });
});

test("without low days the rate of false alarms is at most the stated one, however the volume varies", () => {
  let alarms = 0;
  const draws = 300;
  for (let draw = 0; draw < draws; draw++) {
    const random = createRandom(draw + 1);
    // Volumes that vary by a factor of three either way: half of the median is no surprise.
    const rows = (days: number) => Array.from({ length: days }, () => Math.round(1000 * Math.exp(random.nextNormal())));
    if (judge(windows(rows(60)), windows(rows(30), start + 60 * day)).drifted === true) alarms++;
  }
  // One of 58 periods in a reference lies below half of the fewest in about 6% of such comparisons.
  expect(alarms / draws).toBeLessThan(0.15);
});
