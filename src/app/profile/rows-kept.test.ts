import { expect, test } from "vitest";
import { exactFrameRows, rowsKept } from "./collect-profile.ts";

test("a wide table keeps fewer rows, so that what is kept is bounded in values", () => {
  expect(rowsKept(exactFrameRows, 20)).toBe(exactFrameRows);
  expect(rowsKept(exactFrameRows, 2000)).toBe(16_777);
  expect(rowsKept(500, 2000)).toBe(500);
  expect(rowsKept(exactFrameRows, 0)).toBe(exactFrameRows);
});
