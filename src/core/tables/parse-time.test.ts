import { expect, test } from "vitest";
import { parseTime } from "./parse-time.ts";

test("dates and times of RFC 3339 are read, with and without a zone", () => {
  expect(parseTime("2024-02-29")).toBe(Date.UTC(2024, 1, 29));
  expect(parseTime("2024-02-29T12:30:00+02:00")).toBe(Date.UTC(2024, 1, 29, 10, 30));
  expect(parseTime("2024-02-29 12:30:00.250Z")).toBe(Date.UTC(2024, 1, 29, 12, 30, 0, 250));
  expect(parseTime("1969-12-31T23:59:59.999")).toBe(-1);
  expect(parseTime("0001-01-01")).toBe(new Date("0001-01-01").getTime());
});

test("what is no date gives null", () => {
  for (const text of ["2023-02-29", "2024-13-01", "2024-1-1", "24", "", "2024-01-01T25:00", "yesterday"]) {
    expect(parseTime(text)).toBeNull();
  }
});
