import { describe, expect, it } from "vitest";
import { HandClock } from "../contracts/control-store.contract.ts";
import { cronTimetable } from "../../src/adapters/cron/cron-timetable.ts";
import { MemoryControlStore } from "../../src/app/control/memory-control-store.ts";
import { type ScheduledJob, Scheduler } from "../../src/app/schedules/scheduler.ts";

const ada = { name: "ada", role: "operator" };
const HOUR = 3_600_000;

function setUp(clock = new HandClock(), store = new MemoryControlStore(clock)) {
  clock.time = Date.parse("2026-11-23T10:00:00Z");
  const runs: number[] = [];
  const open: (() => void)[] = [];
  const bugs: unknown[] = [];
  const quick: ScheduledJob = () => {
    runs.push(clock.time);
    return Promise.resolve("counted");
  };
  const slow: ScheduledJob = () => {
    runs.push(clock.time);
    return new Promise((resolve) => open.push(() => resolve("at last")));
  };
  const jobs = new Map([
    ["quick", quick],
    ["slow", slow],
    ["broken", () => Promise.reject(new Error("it broke"))],
  ]);
  const start = (): Scheduler =>
    new Scheduler({ store, clock, timetable: cronTimetable, jobs, onBug: (error) => bugs.push(error) });
  const entry = (job: string, cron = "0 * * * *", timeZone = "UTC") => ({
    name: job,
    cron,
    timeZone,
    job,
    parameters: {},
    enabled: true,
  });
  return { clock, runs, open, bugs, start, entry };
}

/** Lets what was started end. */
async function settled(): Promise<void> {
  for (let i = 0; i < 50; i++) await Promise.resolve();
}

describe("the scheduler", () => {
  it("runs what is due when it is due, once", async () => {
    const { clock, runs, start, entry } = setUp();
    const scheduler = start();
    await scheduler.put(entry("quick", "30 10 * * *"), ada);
    await scheduler.tick();
    expect(runs).toEqual([]);
    clock.time += HOUR / 2;
    for (let i = 0; i < 3; i++) {
      await scheduler.tick();
      await settled();
    }
    expect(runs).toEqual([Date.parse("2026-11-23T10:30:00Z")]);
    const [view] = await scheduler.list();
    expect(view?.progress?.run).toMatchObject({ outcome: "done", message: "counted", dueTimes: 1 });
    expect(view?.next).toBe(Date.parse("2026-11-24T10:30:00Z"));
  });

  it("catches up once for all that fell into a downtime", async () => {
    const { clock, runs, start, entry } = setUp();
    await start().put(entry("quick"), ada);
    clock.time += 5.5 * HOUR;
    const again = start();
    await again.recover();
    await again.tick();
    await settled();
    await again.tick();
    expect(runs).toHaveLength(1);
    expect((await again.list())[0]?.progress?.run?.dueTimes).toBe(5);
  });

  it("never runs beside itself, however long it takes", async () => {
    const { clock, runs, open, start, entry } = setUp();
    const scheduler = start();
    await scheduler.put(entry("slow"), ada);
    clock.time += HOUR;
    await scheduler.tick();
    clock.time += 3 * HOUR;
    await scheduler.tick();
    await expect(scheduler.runNow("slow", ada)).rejects.toMatchObject({ code: "CONFLICT" });
    expect(runs).toHaveLength(1);
    open.shift()?.();
    await settled();
    await scheduler.tick();
    expect(runs).toHaveLength(2);
  });

  it("runs nothing twice when the clock is set back, and goes on from there", async () => {
    const { clock, runs, start, entry } = setUp();
    const scheduler = start();
    await scheduler.put(entry("quick"), ada);
    clock.time += 1000 * HOUR;
    await scheduler.tick();
    await settled();
    clock.time -= 999.5 * HOUR;
    for (let i = 0; i < 3; i++) await scheduler.tick();
    await settled();
    expect(runs).toHaveLength(1);
    clock.time += HOUR;
    await scheduler.tick();
    await settled();
    expect(runs).toHaveLength(2);
  });

  it("keeps to the wall clock of a time zone when summer time ends", async () => {
    const { clock, runs, start, entry } = setUp();
    clock.time = Date.parse("2026-10-24T12:00:00Z");
    const scheduler = start();
    await scheduler.put(entry("quick", "30 6 * * *", "Europe/Berlin"), ada);
    for (let hour = 0; hour < 48; hour++) {
      clock.time += HOUR / 2;
      await scheduler.tick();
      await settled();
      clock.time += HOUR / 2;
      await scheduler.tick();
      await settled();
    }
    expect(runs.map((time) => new Date(time).toISOString().slice(0, 16))).toEqual([
      "2026-10-25T05:30",
      "2026-10-26T05:30",
    ]);
  });

  it("says what broke, and that a run was cut off by the end of the server", async () => {
    const { clock, start, entry, bugs } = setUp();
    const scheduler = start();
    await scheduler.put(entry("broken"), ada);
    await scheduler.put(entry("slow"), ada);
    clock.time += HOUR;
    await scheduler.tick();
    await settled();
    expect(bugs).toHaveLength(1);
    const after = start();
    await after.recover();
    const views = await after.list();
    expect(views.map(({ progress }) => [progress?.run?.outcome, progress?.run?.message])).toEqual([
      ["failed", "it broke"],
      ["interrupted", "the server ended while it ran"],
    ]);
  });

  it("refuses what is no schedule, and names the nearest job", async () => {
    const { start, entry } = setUp();
    const put = (job: string, cron: string, timeZone: string) => start().put(entry(job, cron, timeZone), ada);
    await expect(put("quick", "61 * * * *", "UTC")).rejects.toMatchObject({ code: "USAGE" });
    await expect(put("quick", "0 * * * *", "Mars/Base")).rejects.toMatchObject({ code: "USAGE" });
    await expect(put("quik", "0 * * * *", "UTC")).rejects.toMatchObject({ code: "USAGE", mend: ["nearest: quick"] });
  });

  it.each(["0 0 31 2 *", "0 0 30 2 *", "0 0 31 4,6,9,11 *"])("refuses %s, for which there is no date", async (cron) => {
    const { start, entry } = setUp();
    const scheduler = start();
    await expect(scheduler.put(entry("quick", cron), ada)).rejects.toMatchObject({
      code: "USAGE",
      message: expect.stringContaining(`"${cron}" is never due`),
      mend: [expect.stringContaining("28")],
    });
    expect(await scheduler.list()).toEqual([]);
  });

  it("takes a leap day, and no date in place of an expression", async () => {
    const { start, entry } = setUp();
    const { next } = await start().put(entry("quick", "0 0 29 2 *"), ada);
    expect(next).toBe(Date.parse("2028-02-29T00:00:00Z"));
    await expect(start().put(entry("quick", "2030-01-01T00:00:00"), ada)).rejects.toMatchObject({ code: "USAGE" });
  });

  it("runs each of several that are due at the same second once, also where looks overlap", async () => {
    const { clock, runs, start, entry } = setUp();
    const scheduler = start();
    for (const name of ["a", "b", "c"]) await scheduler.put({ ...entry("quick"), name }, ada);
    clock.time += HOUR;
    await Promise.all([scheduler.tick(), scheduler.tick(), scheduler.tick()]);
    await settled();
    await scheduler.tick();
    expect(runs).toHaveLength(3);
  });
});
