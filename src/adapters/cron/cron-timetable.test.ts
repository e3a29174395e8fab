import { expect, it, test } from "vitest";
import { cronTimetable } from "./cron-timetable.ts";

// A time that the wall clock skips is due when the clock has skipped it, one that it shows twice is due the first time.
test.each([
  ["30 2 * * *", "Europe/Berlin", "2026-03-28T12:00Z", ["2026-03-29T01:00", "2026-03-30T00:30"]],
  ["30 2 * * *", "Europe/Berlin", "2026-10-24T12:00Z", ["2026-10-25T00:30", "2026-10-26T01:30"]],
  ["30 2 * * *", "America/New_York", "2026-03-08T00:00Z", ["2026-03-08T07:00", "2026-03-09T06:30"]],
  ["30 1 * * *", "America/New_York", "2026-11-01T00:00Z", ["2026-11-01T05:30", "2026-11-02T06:30"]],
  // Half an hour of summer time.
  ["45 1 * * *", "Australia/Lord_Howe", "2026-04-04T00:00Z", ["2026-04-04T14:45", "2026-04-05T15:15"]],
  // Midnight itself is skipped.
  ["0 0 * * *", "America/Santiago", "2026-09-05T12:00Z", ["2026-09-06T04:00", "2026-09-07T03:00"]],
  ["0 0 * * *", "Africa/Cairo", "2026-04-23T12:00Z", ["2026-04-23T22:00", "2026-04-24T21:00"]],
])("%s in %s keeps to the wall clock from %s on", (cron, timeZone, from, expected) => {
  const first = cronTimetable.next(cron, timeZone, Date.parse(from))!;
  const times = [first, cronTimetable.next(cron, timeZone, first)!];
  expect(times.map((time) => new Date(time).toISOString().slice(0, 16))).toEqual(expected);
});

it("leaves out no hour and doubles none where summer time begins and ends", () => {
  for (const start of ["2026-03-28T20:30Z", "2026-10-24T20:30Z"]) {
    let time = Date.parse(start) - 1_800_000;
    for (let hour = 0; hour < 12; hour++) {
      const next = cronTimetable.next("0 * * * *", "Europe/Berlin", time)!;
      expect(next - time).toBe(3_600_000);
      time = next;
    }
  }
});
