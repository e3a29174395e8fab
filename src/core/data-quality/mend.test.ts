import { expect, test } from "vitest";
import { mendCell } from "./mend.ts";

test("a conversion keeps clean figures and leaves words alone", () => {
  expect(mendCell("480", { kind: "convert", multiply: 1 / 12, add: 0 })).toBe("40");
  expect(mendCell("59", { kind: "convert", multiply: 5 / 9, add: -160 / 9 })).toBe("15");
  expect(mendCell("thirty", { kind: "convert", multiply: 2, add: 0 })).toBe("thirty");
});

test("map, trim, null and replace do what they say, and nulls stay null", () => {
  expect(mendCell("thirty", { kind: "map", from: "thirty", to: "30" })).toBe("30");
  expect(mendCell(" Male ", { kind: "trim" })).toBe("Male");
  expect(mendCell("-999", { kind: "null" })).toBeNull();
  expect(mendCell("39 years", { kind: "replace", pattern: " years$", flags: "g", with: "" })).toBe("39");
  expect(mendCell(null, { kind: "trim" })).toBeNull();
});
