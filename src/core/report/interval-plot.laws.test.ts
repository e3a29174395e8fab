import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commonScale, drawInterval } from "./interval-plot.ts";

const interval = fc
  .tuple(fc.double({ min: -2, max: 2, noNaN: true }), fc.double({ min: 1e-6, max: 1, noNaN: true }))
  .map(([low, width]): [number, number] => [low, low + width]);

describe("an interval drawn with characters", () => {
  it("touches the zero line exactly when it holds zero, and stays as wide as the scale", () => {
    fc.assert(
      fc.property(
        interval,
        fc.array(interval, { maxLength: 6 }),
        fc.integer({ min: 8, max: 40 }),
        (one, others, width) => {
          const scale = commonScale([one, ...others], width);
          const text = drawInterval(scale, null, one);
          expect(text).toHaveLength(width);
          const holdsZero = one[0] <= 0 && one[1] >= 0;
          expect(text.includes("┼")).toBe(holdsZero);
          expect(text.includes("│")).toBe(!holdsZero);
        },
      ),
    );
  });
  it("draws the point on its side of zero", () => {
    const scale = commonScale([[-1, 1]], 16);
    const zero = drawInterval(scale, null, null).indexOf("│");
    expect(drawInterval(scale, -1e-9, [-1, 1]).indexOf("●")).toBe(zero - 1);
    expect(drawInterval(scale, 1e-9, [-1, 1]).indexOf("●")).toBe(zero + 1);
    expect(drawInterval(scale, 0, [0, 0]).indexOf("●")).toBe(zero);
  });
  it("marks an interval that leaves the scale instead of stretching it", () => {
    const scale = commonScale(
      [
        [-0.1, 0.1],
        [-0.1, 0.12],
        [-0.09, 0.1],
        [-50, 50],
      ],
      16,
    );
    expect(scale.high).toBeLessThan(1);
    expect(drawInterval(scale, 0.05, [-50, 50])).toMatch(/^◂.*▸$/);
  });
});
