import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { displayWidth, fit, harmless, padEnd, wrap } from "./text-width.ts";

const anyText = fc.string({ unit: "binary", maxLength: 60 });

describe("text in columns", () => {
  it("counts East Asian characters and emoji as two columns, marks as none", () => {
    expect([displayWidth("日本"), displayWidth("👩‍👩‍👧"), displayWidth("e\u0301"), displayWidth("slice")]).toEqual([
      4, 2, 1, 5,
    ]);
  });
  it("cuts any text to at most the width, and pads it to exactly the width", () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 2, max: 40 }), (text, width) => {
        const cut = fit(text, width);
        expect(displayWidth(cut)).toBeLessThanOrEqual(width);
        expect(displayWidth(padEnd(cut, width))).toBe(width);
      }),
    );
  });
  it("leaves no control or direction character in any text", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(harmless(text)).not.toMatch(
          /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/,
        );
      }),
    );
  });
  it("leaves a text that fits as it is, indentation included", () => {
    expect(wrap("  region: { each: region }    # 3 values", 60)).toEqual(["  region: { each: region }    # 3 values"]);
  });

  it("wraps between words without losing one that fits", () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1, maxLength: 20 }), (words) => {
        const lines = wrap(words.join(" "), 15);
        expect(lines.join(" ")).toBe(words.join(" "));
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(15);
      }),
    );
  });
});
