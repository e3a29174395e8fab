import { expect, test } from "vitest";
import { CategoryTexts } from "./category-text.ts";

test("values are spelled as the model's own categories are", () => {
  const python = new CategoryTexts(["0.5", "1.0", "True", "2024-01-31 00:00:00", "7"]);
  expect([python.ofNumber(1), python.ofNumber(0.5), python.ofNumber(7), python.ofNumber(3)]).toEqual([
    "1.0",
    "0.5",
    "7",
    "3",
  ]);
  expect(python.ofBoolean(true)).toBe("True");
  expect(python.ofTime(Date.UTC(2024, 0, 31))).toBe("2024-01-31 00:00:00");
  expect(python.ofText("2024-01-31T00:00:00.000Z")).toBe("2024-01-31 00:00:00");
  expect(python.ofText("2024-02-01T00:00:00.000Z")).toBe("2024-02-01T00:00:00.000Z");
  expect(new CategoryTexts(["2024-01-31"]).ofTime(Date.UTC(2024, 0, 31))).toBe("2024-01-31");
  expect(new CategoryTexts(["true"]).ofBoolean(false)).toBe("false");
});

test("where the model names no categories, values are spelled plainly", () => {
  const plain = new CategoryTexts([]);
  expect([plain.ofNumber(1), plain.ofNumber(10n ** 20n), plain.ofBoolean(false), plain.ofText("x")]).toEqual([
    "1",
    "100000000000000000000",
    "False",
    "x",
  ]);
  expect(plain.ofTime(0)).toBe("1970-01-01T00:00:00.000Z");
});
