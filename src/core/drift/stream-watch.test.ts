import { expect, test } from "vitest";
import { makeFrame } from "../profile/make-frame.ts";
import { createProfile, createProfiler } from "../profile/profile.ts";
import { createRandom } from "../statistics/random.ts";
import type { Column, Table } from "../tables/table.ts";
import type { StreamAnswer } from "./drift-document.ts";
import { createStreamWatch } from "./stream-watch.ts";

interface Shape {
  readonly mean: number;
  readonly errorRate: number;
  readonly missing: number;
}
const well: Shape = { mean: 0, errorRate: 0.05, missing: 0.01 };

/** A number with missing values, and an error flag. */
function rowsOf(seed: number, rows: number, shape: (row: number) => Shape): Table {
  const random = createRandom(seed);
  const x = new Float64Array(rows);
  const error = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    const { mean, errorRate, missing } = shape(row);
    const value = mean + random.nextNormal();
    x[row] = random.next() < missing ? Number.NaN : value;
    error[row] = random.next() < errorRate ? 1 : 0;
  }
  const columns = new Map<string, Column>([
    ["x", { name: "x", kind: "number", values: x }],
    ["error", { name: "error", kind: "boolean", values: error }],
  ]);
  return { rows, firstRow: 0, columns };
}

const reference = rowsOf(1, 20_000, () => well);
const frame = makeFrame(reference);
const profile = createProfile(frame);
createProfiler(frame).add(profile, reference);

function watch(rows: Table, promised: number): StreamAnswer[] {
  const stream = createStreamWatch(profile, [0, 1], promised, null);
  stream.add(rows);
  return stream.finish();
}

function alarms(answers: readonly StreamAnswer[]): string[] {
  return answers
    .filter((answer) => answer.alarm_at_row !== null)
    .map((answer) => `${answer.column} ${answer.watched} ${answer.direction}`);
}

test("rows like the reference raise fewer alarms than one in the promised interval", () => {
  let raised = 0;
  const promised = 2000;
  for (let draw = 0; draw < 20; draw++)
    raised += alarms(
      watch(
        rowsOf(10 + draw, promised, () => well),
        promised,
      ),
    ).length;
  // The promise is at most one on average per interval, over all six detectors.
  expect(raised).toBeLessThanOrEqual(20);
  expect(raised / 20).toBeLessThan(0.5);
});

test.each([
  ["a doubled error rate", "error mean above", { ...well, errorRate: 0.1 }, 1200],
  ["a shifted mean", "x mean above", { ...well, mean: 0.5 }, 600],
  ["a fallen mean", "x mean below", { ...well, mean: -0.5 }, 600],
  ["missing values", "x missing above", { ...well, missing: 0.06 }, 900],
] as const)("%s is found soon after it began, and dated", (_, name, later, delay) => {
  const answers = watch(
    rowsOf(50, 8000, (row) => (row < 3000 ? well : later)),
    10_000,
  );
  expect(alarms(answers)).toEqual([name]);
  const found = answers.find((answer) => answer.alarm_at_row !== null)!;
  expect(found.alarm_at_row!).toBeGreaterThan(3000);
  expect(found.alarm_at_row!).toBeLessThan(3000 + delay);
  expect(Math.abs(found.began_after_row! - 3000)).toBeLessThan(600);
});
