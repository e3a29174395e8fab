import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Grouping } from "../slices/slice.ts";
import { UnitTally } from "./unit-tally.ts";

const rows = fc.array(fc.record({ unit: fc.nat(400), code: fc.constantFrom(0, 1, 255) }), { maxLength: 60 });

function addBlock(tally: UnitTally, block: readonly { readonly unit: number; readonly code: number }[]): void {
  const grouping: Grouping = { codes: Uint8Array.from(block, (row) => row.code), none: 255, slices: [2, 0] };
  const units = Uint32Array.from(block, (row) => row.unit);
  tally.add(
    grouping,
    units,
    units.reduce((most, unit) => Math.max(most, unit + 1), 0),
  );
}

describe("units counted over blocks", () => {
  it("are those of all rows, each once, whatever the cut", () => {
    fc.assert(
      fc.property(fc.array(rows, { minLength: 1, maxLength: 5 }), (blocks) => {
        const tally = new UnitTally(3);
        for (const block of blocks) addBlock(tally, block);
        const of = (code: number): number =>
          new Set(blocks.flat().flatMap((row) => (row.code === code ? [row.unit] : []))).size;
        expect([...tally.counts()]).toEqual([of(1), 0, of(0)]);
        expect(tally.approximate).toBe(false);
      }),
      { numRuns: 200, seed: 5 },
    );
  });

  it("are estimated within a few standard errors where there are too many to keep, also those seen before", () => {
    const tally = new UnitTally(3, 3 * 20_000);
    const block = (first: number, count: number) =>
      Array.from({ length: count }, (_, i) => ({ unit: first + i, code: i % 2 }));
    addBlock(tally, block(0, 15_000));
    expect(tally.approximate).toBe(false);
    addBlock(tally, block(10_000, 50_000));
    expect(tally.approximate).toBe(true);
    const [second, , first] = tally.counts();
    for (const count of [first, second]) expect(Math.abs(count! / 30_000 - 1)).toBeLessThan(0.07);
  });
});
