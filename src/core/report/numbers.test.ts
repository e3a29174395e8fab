import { describe, expect, it } from "vitest";
import { counted, decimalsOf, number, percent, periodInWords, plural, signed, unitWord } from "./numbers.ts";

describe("numbers for people", () => {
  it("shows two significant digits of an interval's half width", () => {
    expect(decimalsOf([-0.08, -0.01])).toBe(3);
    expect(decimalsOf([-0.2, 0.1])).toBe(2);
    expect(decimalsOf([-40, 60])).toBe(0);
    expect(decimalsOf([0.00001, 0.00002])).toBe(6);
    expect(decimalsOf([0, 0], 4)).toBe(4);
    expect(decimalsOf(null)).toBe(3);
    expect(decimalsOf([Number.NEGATIVE_INFINITY, 1])).toBe(3);
  });
  it("separates thousands and writes a true minus sign, but none before zero", () => {
    expect(number(-1234567.891, 1)).toBe("−1,234,567.9");
    expect(number(-0.0004, 3)).toBe("0.000");
    expect(number(999.5, 0)).toBe("1,000");
    expect(number(12345.678912, 6)).toBe("12,345.678912");
    expect(signed(0.0151, 3)).toBe("+0.015");
    expect(signed(0, 3)).toBe("0.000");
  });
  it("never prints NaN or null", () => {
    expect([number(null, 2), number(Number.NaN, 2), signed(undefined, 2), percent(null)]).toEqual([
      "n/a",
      "n/a",
      "n/a",
      "n/a",
    ]);
    expect(number(Number.NEGATIVE_INFINITY, 2)).toBe("−∞");
  });
  it("counts with the right word", () => {
    expect([counted(1, "list"), counted(873, "list"), counted(0, "query"), plural("box")]).toEqual([
      "1 list",
      "873 lists",
      "0 queries",
      "boxes",
    ]);
    expect([unitWord("user_id"), unitWord("visitor"), unitWord("id"), unitWord("session uuid")]).toEqual([
      "user",
      "visitor",
      "id",
      "session",
    ]);
  });
  it("writes a period in words", () => {
    expect(periodInWords(["1998-02-20T01:28:01Z", "1998-03-19T23:10:05Z"])).toBe("20 Feb – 19 Mar 1998");
    expect(periodInWords(["2001-12-31T00:00:00Z", "2002-01-01T00:00:00Z"])).toBe("31 Dec 2001 – 1 Jan 2002");
    expect(periodInWords(["2001-05-01T00:00:00Z", "2001-05-01T23:00:00Z"])).toBe("1 May 2001");
    expect(periodInWords(["week a", "week b"])).toBe("week a – week b");
  });
});
