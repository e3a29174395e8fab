import { describe, expect, it } from "vitest";
import { createRandom } from "../statistics/random.ts";
import { type SliceVolume, type VolumeLook, volumeSignals } from "./volume-signals.ts";

const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 5);
const usual: VolumeLook = {
  model: "m",
  owner: "ann",
  by: "day",
  alpha: 0.05,
  events: [],
  from: START + 60 * DAY,
  until: START + 61 * DAY,
};

function days(rows: readonly (number | null)[], slice = "everything"): SliceVolume {
  const counts = rows.flatMap((count, d) => (count === null ? [] : [[START + d * DAY, count] as const]));
  return { slice, whole: slice === "everything", rows: new Map(counts) };
}

/** Weekends are quiet; a day varies by a tenth. */
function traffic(count: number, seed: number): number[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, d) =>
    Math.round((d % 7 > 4 ? 300 : 1000) * Math.exp(random.nextNormal() / 10)),
  );
}

const key = "volume:m/everything";

describe("traffic of the days that have ended", () => {
  it("is an alarm where a day has less than half of its usual rows, and none where it is a weekend", () => {
    const rows = traffic(61, 1);
    expect(volumeSignals(usual, [days(rows)])).toEqual({ signals: [], quiet: [key] });
    rows[60] = 390;
    const [signal] = volumeSignals(usual, [days(rows)]).signals;
    expect(signal).toMatchObject({ key, severity: "error", owner: "ann" });
    expect(signal!.message).toMatch(
      /^everything: 390 predictions in 2026-03-06, (9|10)\d\d? are usual|1,0\d\d are usual$/,
    );
  });

  it("is an alarm for a slice alone, a warning, also where none of its rows came", () => {
    const b = traffic(61, 2).map((count) => count / 2);
    const { signals } = volumeSignals(usual, [days(traffic(61, 1)), days([...b.slice(0, 60), null], "b")]);
    expect(signals).toMatchObject([{ key: "volume:m/b", severity: "warning" }]);
  });

  it("goes on while the lack goes on, and is over when the rows are back", () => {
    const rows = traffic(64, 3);
    for (let day = 60; day < 63; day++) {
      rows[day] = 100;
      const look = { ...usual, from: START + day * DAY, until: START + (day + 1) * DAY };
      const found = volumeSignals(look, [days(rows.slice(0, day + 1))]);
      expect(found.quiet).toEqual([]);
      if (day === 60) expect(found.signals).toHaveLength(1);
    }
    const back = { ...usual, from: START + 63 * DAY, until: START + 64 * DAY };
    expect(volumeSignals(back, [days(rows)])).toEqual({ signals: [], quiet: [key] });
  });

  it("with a short past tells only of a day that is like none, and of a slice of few rows nothing", () => {
    const week = { ...usual, from: START + 9 * DAY, until: START + 10 * DAY };
    const rows = [...traffic(9, 4), 40];
    expect(volumeSignals(week, [days(rows)]).signals).toHaveLength(1);
    expect(volumeSignals(week, [days([...rows.slice(0, 9), 200])]).signals).toEqual([]);
    const three = { ...usual, from: START + 3 * DAY, until: START + 4 * DAY };
    expect(volumeSignals(three, [days([1000, 1000, 1000, 10])])).toEqual({ signals: [], quiet: [] });
    expect(volumeSignals(usual, [days([...traffic(60, 5).map(() => 9), 0])])).toEqual({ signals: [], quiet: [] });
  });

  it("was announced, or is the first look: nothing, or the newest day alone", () => {
    const rows = [...traffic(60, 6), 100];
    const events = [{ name: "holiday", from: START + 60 * DAY, to: START + 61 * DAY, columns: [] }];
    expect(volumeSignals({ ...usual, events }, [days(rows)]).signals).toEqual([]);
    expect(volumeSignals({ ...usual, from: null }, [days(rows)]).signals).toHaveLength(1);
  });

  it("raises a false alarm in fewer than the stated share of looks, however much days vary", () => {
    for (const spread of [0.1, 0.4, 0.8]) {
      let alarms = 0;
      for (let run = 0; run < 400; run++) {
        const random = createRandom(run + 1);
        const rows = Array.from({ length: 61 }, () => Math.round(1000 * Math.exp(spread * random.nextNormal())));
        alarms += volumeSignals(usual, [days(rows)]).signals.length;
      }
      expect(alarms / 400).toBeLessThan(usual.alpha);
    }
  });
});
