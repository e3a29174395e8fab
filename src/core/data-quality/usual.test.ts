import { expect, test } from "vitest";
import { learnUsual } from "./usual.ts";

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
