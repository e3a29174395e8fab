import { expect, test } from "vitest";
import { nestedRowOfBlock, rowOfBlock } from "./even-rows.ts";

const blocks = Array.from({ length: 4096 }, (_, block) => block);

test("the row of a block lies in it, and of two blocks of half the size it is one", () => {
  for (const level of [0, 1, 3, 6]) {
    for (const block of blocks) {
      const row = nestedRowOfBlock(block, level);
      expect(Math.floor(row / 2 ** level)).toBe(block);
      if (level > 0) {
        const halves = [2 * block, 2 * block + 1].map((half) => nestedRowOfBlock(half, level - 1));
        expect(halves).toContain(row);
      }
    }
  }
  for (const every of [1, 2, 7, 8]) {
    for (const block of blocks) expect(Math.floor(rowOfBlock(block, every) / every)).toBe(block);
  }
});

test.each([2, 3, 7, 24, 60, 64, 100])("what comes round every %i rows is chosen as often as any other row", (step) => {
  for (const chosen of [
    blocks.map((block) => nestedRowOfBlock(block, 3)),
    blocks.map((block) => rowOfBlock(block, 8)),
    blocks.map((block) => rowOfBlock(block, 24)),
    // Beyond 32 bits too.
    blocks.map((block) => rowOfBlock(2 ** 33 + block, 8)),
  ]) {
    const seen = new Map<number, number>();
    for (const row of chosen) seen.set(row % step, (seen.get(row % step) ?? 0) + 1);
    const expected = chosen.length / step;
    let chi = 0;
    for (let place = 0; place < step; place++) chi += ((seen.get(place) ?? 0) - expected) ** 2 / expected;
    // Five standard deviations of chi-squared with step - 1 degrees of freedom.
    expect(chi).toBeLessThan(step - 1 + 5 * Math.sqrt(2 * (step - 1)));
  }
});
