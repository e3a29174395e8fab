import { expect, it } from "vitest";
import { dayWords, timeWords } from "./time-words.ts";

it.each([
  ["2026-11-27T02:50:00Z", "27 Nov 2026, 02:50 UTC", "27 Nov 2026, 02:50 UTC"],
  ["2026-11-27T02:50:11.123+01:00", "27 Nov 2026, 01:50 UTC", "27 Nov 2026, 01:50 UTC"],
  ["2026-11-27", "27 Nov 2026, 00:00 UTC", "27 Nov 2026"],
  ["2026-11-27 08:05", "27 Nov 2026, 08:05 UTC", "27 Nov 2026, 08:05 UTC"],
  ["2026-11", "1 Nov 2026, 00:00 UTC", "Nov 2026"],
  ["2026", "1 Jan 2026, 00:00 UTC", "2026"],
  ["last week", "last week", "last week"],
])("%s is told in words", (text, time, day) => {
  expect(timeWords(text)).toBe(time);
  expect(dayWords(text)).toBe(day);
});
