import { expect, test } from "vitest";
import { learnUsual, loadsToCompare } from "./usual.ts";

const day = 86_400_000;
const monday = Date.UTC(2026, 10, 23, 2);

test("nothing is usual before five loads", () => {
  expect(
    learnUsual(
      [1, 2, 3, 4].map((i) => ({ at: monday - i * day, rows: 1000 })),
      monday,
    ).rows,
  ).toBeNull();
});

test("loads of the same weekday and hour decide where there are five", () => {
  const history = Array.from({ length: 70 }, (_, i) => {
    const at = monday - (70 - i) * day;
    return { at, rows: new Date(at).getUTCDay() === 1 ? 5000 + i : 1000 + i };
  });
  const { rows } = learnUsual(history, monday);
  expect(rows!.usual).toBeGreaterThan(4900);
  expect(rows!.says).toMatch(/Mondays/);
  expect(1000).toBeLessThan(rows!.from);
  const { rows: tuesday } = learnUsual(history, monday + day);
  expect(tuesday!.usual).toBeLessThan(1100);
});

const nightly = (count: number, extra: (i: number) => object = () => ({})) =>
  Array.from({ length: count }, (_, i) => ({ at: monday - (count - i) * day, rows: 1000 + (i % 7), ...extra(i) }));

test("age and nulls are learnt as the median with what loads differ among themselves", () => {
  const history = nightly(12, (i) => ({
    newest: monday - (12 - i) * day - (2 + (i % 3) / 10) * 3_600_000,
    columns: [{ name: "weight", nulls: 0.03 + (i % 3) / 1000 }],
  }));
  const { age, nulls } = learnUsual(history, monday);
  expect(age!.usual / 3_600_000).toBeCloseTo(2.1, 5);
  expect(age!.to / 3_600_000).toBeGreaterThan(3);
  expect(age!.to / 3_600_000).toBeLessThan(4);
  const weight = nulls.get("weight")!;
  expect(weight.usual).toBeCloseTo(0.031, 9);
  expect(weight.to).toBeGreaterThan(0.045);
  expect(weight.to).toBeLessThan(0.07);
  expect(weight.says).toMatch(/usually 3.1%, the median of the last 12 loads/);
});

test("a second Sunday is no surprise although there are too few Sundays for limits of their own", () => {
  const history = nightly(13).map((load) => (new Date(load.at).getUTCDay() === 0 ? { ...load, rows: 400 } : load));
  const { rows } = learnUsual(history, monday - day + 7 * day);
  expect(rows!.usual).toBeGreaterThan(900);
  expect(rows!.from).toBeLessThan(400);
  expect(learnUsual(history, monday).rows!.from).toBeGreaterThan(600);
});

test("the month is a season only when there is a year of loads", () => {
  expect(learnUsual(nightly(15), monday).rows!.says).toBe("the median of the last 15 loads");
  // Thirty months with one load on a Monday, November nine times as large, with all Mondays of the last one.
  const mondays = Array.from({ length: 130 }, (_, i) => monday - (130 - i) * 7 * day);
  const monthOf = (at: number): number => new Date(at).getUTCMonth();
  const monthly = mondays
    .filter((at, i) => i === 0 || monthOf(at) !== monthOf(mondays[i - 1]!) || at > monday - 30 * day)
    .map((at) => ({ at, rows: monthOf(at) === 10 ? 9000 : 1000 }));
  const { rows } = learnUsual(monthly, monday + day);
  expect(rows).toMatchObject({ usual: 9000, says: expect.stringMatching(/in this month of the year/) });
});

test("profiles are compared from ten loads on", () => {
  expect(loadsToCompare(nightly(9), monday)).toBeNull();
  expect(loadsToCompare(nightly(10), monday)!.loads).toHaveLength(10);
  expect(loadsToCompare(nightly(90), monday)!.says).toBe("12 loads on Mondays at 2:00 UTC");
});
