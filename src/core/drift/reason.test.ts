import { describe, expect, it } from "vitest";
import { leftOut } from "./reason.ts";

describe("the first line of a drift answer", () => {
  it("says nothing of columns left out where there are none", () => {
    expect(leftOut(0, 0)).toBe("");
  });

  it("counts columns that changed their kind or are missing", () => {
    expect(leftOut(1, 2)).toBe("; 1 column of another kind now, not compared; 2 columns of the reference missing now");
  });
});
