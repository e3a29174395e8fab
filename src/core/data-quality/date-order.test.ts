import { expect, test } from "vitest";
import { blockOf } from "../../../test/made-check-block.ts";
import { DateOrder, likelyOrder, swapDayAndMonth } from "./date-order.ts";

const at = (text: string): number => Date.parse(`${text}Z`);

test("day and month change places, the time of day stays", () => {
  expect(swapDayAndMonth(at("2026-02-03T04:05:06"))).toBe(at("2026-03-02T04:05:06"));
  expect(swapDayAndMonth(at("1969-12-01T23:00:00"))).toBe(at("1969-01-12T23:00:00"));
});

test("dates that can be read one way only say how the others are meant", () => {
  const order = new DateOrder(null);
  const first = blockOf({ at: ["03/04/2026", "23/04/2026", "05/04/2026"] });
  order.apply(first);
  expect([...first.columns[0]!.numbers.subarray(0, 3)]).toEqual(["2026-04-03", "2026-04-23", "2026-04-05"].map(at));
  const later = blockOf({ at: ["03/05/2026"] });
  order.apply(later);
  expect(later.columns[0]!.numbers[0]).toBe(at("2026-05-03"));
});

test("dates that can all be read both ways: the way that is close together, or close to now", () => {
  const read = (...texts: string[]): Float64Array => Float64Array.from(texts, at).sort();
  // 01/03, 02/03, 03/03 as months of one day: three days of March.
  expect(likelyOrder(read("2026-01-03", "2026-02-03", "2026-03-03"), null)).toBe("day-first");
  expect(likelyOrder(read("2026-03-01", "2026-03-02", "2026-03-03"), null)).toBe("month-first");
  const one = read("2026-02-03");
  expect(likelyOrder(one, at("2026-03-03"))).toBe("day-first");
  expect(likelyOrder(one, at("2026-02-04"))).toBe("month-first");
  expect(likelyOrder(one, null)).toBeNull();
});
