import fc from "fast-check";
import { expect, test } from "vitest";
import { decimalOfSingle } from "./decimal-of-single.ts";

test("a decimal of up to six digits comes back from its float, and every float rounds back to itself", () => {
  const decimal = fc
    .tuple(fc.integer({ min: -999_999, max: 999_999 }), fc.integer({ min: 0, max: 6 }))
    .map(([digits, places]) => Number(`${digits}e-${places}`));
  fc.assert(
    fc.property(decimal, (value) => {
      expect(decimalOfSingle(Math.fround(value))).toBe(value);
    }),
  );
  fc.assert(
    fc.property(fc.float(), (value) => {
      expect(Math.fround(decimalOfSingle(value))).toBe(value);
    }),
    { examples: [[0], [-0], [Number.NaN], [Infinity], [Math.fround(3.4e38)], [Math.fround(1e-40)]] },
  );
});
