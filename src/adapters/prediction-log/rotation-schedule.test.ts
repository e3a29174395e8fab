import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { RotationSchedule } from "./rotation-schedule.ts";

const folder = mkdtempSync(join(tmpdir(), "umpire-rotation-"));
afterAll(() => rmSync(folder, { recursive: true }));

const DAY = 86_400_000;

it("removes days whose time has come, and none because the clock jumped ahead by a year", async () => {
  const time = { now: Date.UTC(2026, 10, 27), monotonic: 0 };
  const clock = { now: () => time.now, monotonic: () => time.monotonic };
  const file = (day: string): string => join(folder, "parquet", "prediction", "m", day, "a.parquet");
  for (const day of ["2026-10-01", "2026-11-20"]) {
    mkdirSync(join(file(day), ".."), { recursive: true });
    writeFileSync(file(day), "");
  }
  const pass = async (): Promise<boolean[]> => {
    const schedule = new RotationSchedule(folder, 30, clock);
    time.now += 365 * DAY;
    schedule.start();
    await schedule.close();
    expect(schedule.problem).toBeNull();
    time.now -= 365 * DAY;
    return ["2026-10-01", "2026-11-20"].map((day) => existsSync(file(day)));
  };
  expect(await pass()).toEqual([false, true]);
  time.now += 30 * DAY;
  time.monotonic += 30 * DAY;
  expect(await pass()).toEqual([false, false]);
});
