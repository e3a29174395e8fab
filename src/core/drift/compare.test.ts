import { describe, expect, test } from "vitest";
import type { Frame } from "../profile/frame.ts";
import { makeFrame } from "../profile/make-frame.ts";
import { createProfile, createProfiler } from "../profile/profile.ts";
import { createRowSampler } from "../profile/row-sample.ts";
import { takeRows } from "../profile/take-rows.ts";
import { createRandom } from "../statistics/random.ts";
import type { Column, Table } from "../tables/table.ts";
import { createPeriodCollector, createRunCollector } from "./collect-windows.ts";
import type { CompareOptions, CompareSide } from "./compare-sides.ts";
import { compareDrift } from "./compare.ts";
import type { DriftDocument } from "./drift-document.ts";
import type { ExpectedEvent } from "./events.ts";
import type { PeriodName } from "./periods.ts";
import { sortedValues } from "./sorted-values.ts";

const day = 86_400_000;
const start = Date.UTC(2025, 0, 1);

function table(
  columns: Readonly<Record<string, Float64Array | readonly string[]>>,
  times: Float64Array | null = null,
): Table {
  const made = new Map<string, Column>();
  let rows = 0;
  for (const [name, values] of Object.entries(columns)) {
    rows = values.length;
    if (values instanceof Float64Array) made.set(name, { name, kind: "number", values });
    else {
      const texts = [...new Set(values)].sort();
      const codes = Uint16Array.from(values, (value) => texts.indexOf(value));
      made.set(name, { name, kind: "category", codes, dictionary: { texts } });
    }
  }
  if (times !== null) made.set("time", { name: "time", kind: "time", values: times });
  return { rows, firstRow: 0, columns: made };
}

function side(rows: Table, frame: Frame, by: PeriodName | null, runRows: number | null): CompareSide {
  const profiler = createProfiler(frame);
  const whole = createProfile(frame);
  profiler.add(whole, rows);
  const sampler = createRowSampler([...rows.columns.keys()], 1e6);
  sampler.add(rows);
  const sample = sampler.finish();
  const runs = runRows === null ? null : createRunCollector(frame, runRows, rows.rows, 300);
  runs?.add(profiler, rows);
  const periods = by === null ? null : createPeriodCollector(frame, "time", by, 1000);
  periods?.add(profiler, rows);
  const windows = periods?.finish().windows ?? runs?.finish() ?? [];
  return {
    facts: { files: [], rows: rows.rows, period: null, fingerprint: null },
    whole,
    sample,
    sorted: (name) => sortedValues(sample, frame, name),
    windows,
    trail: by === null ? [] : windows,
  };
}

function compare(
  reference: Table,
  current: Table,
  changes: Partial<CompareOptions> = {},
  runRows: number | null = null,
): DriftDocument {
  const frame = makeFrame(reference);
  const by = changes.by ?? null;
  return compareDrift(side(reference, frame, by, runRows), side(current, frame, by, null), {
    alpha: 0.05,
    floor: 0.05,
    by,
    trailBy: by,
    season: "auto",
    events: [],
    importance: new Map(),
    seed: 1,
    onlyInReference: [],
    onlyInCurrent: [],
    notes: [],
    ...changes,
  });
}

function drifted(document: DriftDocument): string[] {
  return document.columns.filter((column) => column.drifted === true).map((column) => column.name);
}

/** Six unrelated columns, rows independent. */
function independentRows(seed: number, rows: number): Table {
  const random = createRandom(seed);
  const normal = (): Float64Array => Float64Array.from({ length: rows }, () => random.nextNormal());
  return table({
    a: normal(),
    b: normal().map((x) => Math.exp(x)),
    c: normal().map((x) => Math.round(x * 3)),
    d: normal(),
    e: Array.from({ length: rows }, () => "abcdefgh"[Math.floor(8 * random.next() ** 2)]!),
    f: Array.from({ length: rows }, () => (random.next() < 0.1 ? "yes" : "no")),
  });
}

/** Days of rows whose mean wanders from day to day: rows of a day are alike, days are exchangeable. */
function wanderingDays(
  seed: number,
  days: number,
  from: number,
  shift: (dayNumber: number) => number = () => 0,
): Table {
  const random = createRandom(seed);
  const perDay = 40;
  const level = [0, 0];
  const columns = [new Float64Array(days * perDay), new Float64Array(days * perDay)];
  const times = new Float64Array(days * perDay);
  for (let d = 0; d < days; d++) {
    for (let c = 0; c < 2; c++) level[c] = 0.6 * random.nextNormal();
    for (let i = 0; i < perDay; i++) {
      const row = d * perDay + i;
      times[row] = from + d * day + i * 60_000;
      columns[0]![row] = level[0]! + random.nextNormal() + shift(d);
      columns[1]![row] = level[1]! + random.nextNormal();
    }
  }
  return table({ x: columns[0]!, y: columns[1]! }, times);
}

describe("false alarms", () => {
  test("on pairs without drift, any alarm over all columns and joint tests comes with at most the stated rate", () => {
    let alarms = 0;
    const pairs = 120;
    for (let pair = 0; pair < pairs; pair++) {
      if (compare(independentRows(pair * 2 + 1, 400), independentRows(pair * 2 + 2, 250)).outcome === "drift") alarms++;
    }
    // Binomial(120, 0.05) exceeds 12 with probability 0.8%.
    expect(alarms).toBeLessThanOrEqual(12);
  }, 30_000);

  test("against the reference's own runs of rows the rate is the stated one", () => {
    let alarms = 0;
    const pairs = 80;
    for (let pair = 0; pair < pairs; pair++) {
      const answer = compare(independentRows(9000 + pair, 2500), independentRows(500 + pair, 60), {}, 60);
      expect(answer.decision).toMatchObject({ surprise: "conformal", windows: 41 });
      if (drifted(answer).length > 0 || answer.joint.pca.drifted === true) alarms++;
    }
    // 2 of 42 ranks alarm: 4.8%; more than 9 of 80 has probability 0.7%.
    expect(alarms).toBeGreaterThanOrEqual(1);
    expect(alarms).toBeLessThanOrEqual(9);
  }, 30_000);

  test("days that wander alarm at the stated rate by day, where tests of rows alarm on most days", () => {
    let alarms = 0;
    let periods = 0;
    let naive = 0;
    for (let draw = 0; draw < 12; draw++) {
      const reference = wanderingDays(draw * 2 + 1, 200, start);
      const current = wanderingDays(draw * 2 + 2, 50, start + 200 * day);
      const answer = compare(reference, current, { by: "day", season: "none" });
      expect(answer.expected_false_alarms).toBeCloseTo((0.05 + 1 / 199) * 30.44, 9);
      expect(drifted(answer)).toEqual([]);
      alarms += answer.periods!.filter((period) => period.alarms > 0).length;
      periods += answer.periods!.length;
      const few = compare(wanderingDays(draw + 100, 5, start), current, { by: "day" });
      naive += few.periods!.filter((period) => period.alarms > 0).length;
    }
    expect(naive / periods).toBeGreaterThan(0.5);
    expect(alarms / periods).toBeGreaterThan(0.02);
    expect(alarms / periods).toBeLessThan(0.085);
  }, 30_000);
});

describe("drift that is there", () => {
  test("a broken correlation with unchanged margins is found by the joint tests alone", () => {
    const make = (seed: number, correlation: number): Table => {
      const random = createRandom(seed);
      const rows = 3000;
      const x = Float64Array.from({ length: rows }, () => random.nextNormal());
      const y = x.map((value) => correlation * value + Math.sqrt(1 - correlation ** 2) * random.nextNormal());
      return table({ x, y, z: x.map(() => random.nextNormal()), w: x.map(() => random.nextNormal()) });
    };
    const answer = compare(make(1, 0.8), make(2, 0));
    expect(drifted(answer)).toEqual([]);
    expect(answer.joint.pca.drifted).toBe(true);
    expect(answer.joint.domain_classifier.drifted).toBe(true);
    const named = answer.joint.domain_classifier.importances.slice(0, 2).map((one) => one.name);
    expect(named.toSorted()).toEqual(["x", "y"]);
    expect(answer.outcome).toBe("drift");
  });

  test("a step is abrupt since its day, a ramp is gradual, and the other column is left alone", () => {
    const reference = wanderingDays(1, 200, start);
    const step = compare(
      reference,
      wanderingDays(2, 60, start + 200 * day, (d) => (d >= 30 ? 3 : 0)),
      { by: "day" },
    );
    expect(drifted(step)).toEqual(["x"]);
    expect(step.columns[0]).toMatchObject({
      shape: "abrupt",
      since: new Date(start + 230 * day).toISOString().slice(0, 10),
    });
    const ramp = compare(
      reference,
      wanderingDays(3, 60, start + 200 * day, (d) => d / 15),
      { by: "day" },
    );
    expect(drifted(ramp)).toEqual(["x"]);
    expect(ramp.columns[0]!.shape).toBe("gradual");
  });

  test("an announced event is shown and does not count, unless another column moves", () => {
    const reference = wanderingDays(1, 200, start);
    const current = wanderingDays(2, 40, start + 200 * day, (d) => (d >= 10 && d < 15 ? 6 : 0));
    const event = (columns: readonly string[]): ExpectedEvent => ({
      name: "promotion",
      from: start + 210 * day,
      to: start + 215 * day,
      columns,
    });
    expect(drifted(compare(reference, current, { by: "day" }))).toEqual(["x"]);
    const announced = compare(reference, current, { by: "day", events: [event(["x"])] });
    expect(drifted(announced)).toEqual([]);
    expect(announced.periods!.filter((period) => period.expected === "promotion")).toHaveLength(5);
    expect(announced).toMatchObject({ outcome: "no-drift", joint: { pca: { drifted: false } } });
    expect(drifted(compare(reference, current, { by: "day", events: [event(["y"])] }))).toEqual(["x"]);
  });

  test("a weekend that looks like a weekend is no drift; a Monday that does is", () => {
    const weekly = (seed: number, days: number, from: number, mondayToo: boolean): Table =>
      wanderingDays(seed, days, from, (d) => {
        const weekday = new Date(from + d * day).getUTCDay();
        return weekday === 0 || weekday === 6 || (mondayToo && weekday === 1) ? 5 : 0;
      });
    const reference = weekly(1, 371, start, false);
    const same = compare(reference, weekly(2, 56, start + 371 * day, false), { by: "day" });
    expect(same.decision.season).toBe("weekday");
    expect(drifted(same)).toEqual([]);
    const moved = compare(reference, weekly(3, 56, start + 371 * day, true), { by: "day" });
    expect(drifted(moved)).toContain("x");
    const alarmed = moved.periods!.filter((period) => period.columns.find((column) => column.name === "x")!.drifted);
    // The weekends, which were always so, do not move the day from which it is said to hold.
    const first = start + 371 * day;
    const since = Date.parse(moved.columns.find((column) => column.name === "x")!.since!);
    expect(Math.abs(since - first)).toBeLessThanOrEqual(7 * day);
    const mondays = alarmed.filter((period) => new Date(period.from).getUTCDay() === 1);
    expect(mondays.length).toBeGreaterThanOrEqual(7);
    expect(mondays.length).toBeGreaterThan(0.6 * alarmed.length);
  });

  test("columns are ranked by importance times effect when importance is known", () => {
    const random = createRandom(4);
    const normal = (shift: number): Float64Array =>
      Float64Array.from({ length: 500 }, () => random.nextNormal() + shift);
    const reference = table({ much: normal(0), little: normal(0) });
    const current = table({ much: normal(2), little: normal(0.8) });
    expect(drifted(compare(reference, current))).toEqual(["much", "little"]);
    const importance = new Map([
      ["little", 0.9],
      ["much", 0.1],
    ]);
    expect(drifted(compare(reference, current, { importance }))).toEqual(["little", "much"]);
  });

  test("new missing values and values never seen are drift, and the sentence says so", () => {
    const rows = 1000;
    const clean = Float64Array.from({ length: rows }, (_, i) => (i * 37) % 501);
    const levels = Array.from({ length: rows }, (_, i) => "ab"[i % 2]!);
    const answer = compare(
      table({ x: clean, level: levels }),
      table({
        x: clean.map((value, i) => (i % 4 === 0 ? Number.NaN : value)),
        level: levels.map((level, i) => (i % 5 === 0 ? "zz" : level)),
      }),
    );
    expect(drifted(answer).toSorted()).toEqual(["level", "x"]);
    expect(answer.columns.find((column) => column.name === "x")!.plain.sentence).toContain("missing 0% → 25.0%");
    expect(answer.columns.find((column) => column.name === "level")!.plain.sentence).toContain(
      'values never seen ("zz")',
    );
  });
});

describe("too little", () => {
  test("days with few rows are told, none of them is judged, and the rows that lack are a finding", () => {
    const reference = wanderingDays(1, 200, start);
    const current = wanderingDays(2, 10, start + 200 * day);
    const thin = (keep: (d: number) => boolean): Table => {
      const rows = Uint32Array.from({ length: current.rows }, (_, row) => row).filter(
        (row) => keep(Math.floor(row / 40)) || row % 40 < 8,
      );
      return takeRows(current, rows);
    };
    const one = compare(
      reference,
      thin((d) => d !== 4),
      { by: "day" },
    );
    expect(one.outcome).toBe("drift");
    expect(one.reason).toMatch(/rows are missing: 1 of 10 days has .*: 2025-07-24 8 of 40; 1 of 10 periods not judged/);
    expect(one.periods!.map((period) => period.judged).indexOf(false)).toBe(4);
  });

  test("a reference of another size is compared by two-sample tests, and says so", () => {
    const calm = (seed: number, days: number, perDay: number, from: number, shift: number): Table => {
      const random = createRandom(seed);
      const rows = days * perDay;
      return table(
        { x: Float64Array.from({ length: rows }, () => random.nextNormal() + shift) },
        Float64Array.from({ length: rows }, (_, row) => from + (row * day) / perDay),
      );
    };
    const reference = calm(1, 100, 60, start, 0);
    const options = { by: "day", volume: false } as const;
    const same = compare(reference, calm(2, 20, 20, start + 100 * day, 0), options);
    expect(same).toMatchObject({ outcome: "no-drift", volume: null, decision: { surprise: "two-sample" } });
    expect(same.notes[0]!.message).toContain("most windows have fewer than half");
    const moved = compare(reference, calm(3, 20, 20, start + 100 * day, 1), options);
    expect(drifted(moved)).toEqual(["x"]);
    expect(compare(reference, calm(3, 20, 20, start + 100 * day, 0), { by: "day" }).volume).toMatchObject({
      drifted: true,
    });
  });

  test("one current row is not enough data, and says what would be", () => {
    const answer = compare(independentRows(1, 500), independentRows(2, 1));
    expect(answer.outcome).toBe("not-enough-data");
    expect(answer.reason).toContain("at least 30");
    expect(answer.columns.every((column) => column.drifted === null)).toBe(true);
  });

  test("too few reference windows are said, and two-sample tests stand in", () => {
    const answer = compare(wanderingDays(1, 10, start), wanderingDays(2, 5, start + 10 * day), { by: "day" });
    expect(answer.decision).toMatchObject({ surprise: "two-sample", windows: 10, windows_needed: 20 });
    expect(answer.notes[0]!.message).toContain("10 windows");
  });

  test("all-null, constant and infinite columns are compared without NaN anywhere in the document", () => {
    const odd = (value: number): Table =>
      table({
        nothing: new Float64Array(50).fill(Number.NaN),
        constant: new Float64Array(50).fill(value),
        infinite: Float64Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? Number.POSITIVE_INFINITY : i)),
      });
    const answer = compare(odd(1), odd(2));
    expect(drifted(answer)).toEqual(["constant"]);
    const strange: unknown[] = [];
    JSON.stringify(answer, (_key, value: unknown) => {
      if (typeof value === "number" && !Number.isFinite(value)) strange.push(value);
      return value;
    });
    expect(strange).toEqual([]);
  });
});
