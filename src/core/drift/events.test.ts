import { expect, test } from "vitest";
import { eventAt, isExpected, jointName } from "./events.ts";

const sale = { name: "sale", from: 0, to: 10, columns: ["price"] };
const strike = { name: "strike", from: 5, to: 20, columns: ["clicks"] };

test("two events on one day cover the columns of both", () => {
  expect(eventAt([sale, strike], 2, 3)).toBe(sale);
  const both = eventAt([sale, strike], 6, 7);
  expect(both).toMatchObject({ name: "sale and strike", columns: ["price", "clicks"] });
  expect(["price", "clicks", "age"].map((column) => isExpected(both, column))).toEqual([true, true, false]);
  expect(eventAt([sale, { ...strike, columns: [] }], 6, 7)!.columns).toEqual([]);
  expect(eventAt([sale, strike], 20, 21)).toBeNull();
});

test("how columns vary together moves with each of them", () => {
  expect(isExpected(sale, jointName)).toBe(true);
  expect(isExpected(null, jointName)).toBe(false);
});
