/**
 * One row of every block of rows, by a hash of the block's number: as even as every n-th row, and blind to whatever
 * repeats in the data with a step of its own (a flag that alternates, an hour that comes round every 24 rows).
 */

/** Number of the row of block `block` (rows block * every, … of the input) that stands for it. */
export function rowOfBlock(block: number, every: number): number {
  return every === 1 ? block : block * every + Math.floor((mix(block, every) / 0x100000000) * every);
}

/**
 * The same for blocks of 2^level rows, nested: the row of a block is one of the rows of its two halves, so what was
 * kept on one level holds all that the next one needs.
 */
export function nestedRowOfBlock(block: number, level: number): number {
  let row = block;
  for (let at = level; at > 0; at--) row = 2 * row + (mix(row, at) & 1);
  return row;
}

/** 32 well mixed bits of two whole numbers (the finaliser of MurmurHash3, Appleby). */
function mix(number: number, salt: number): number {
  let z = Math.imul(number | 0, 0x9e3779b1) ^ Math.imul(Math.floor(number / 0x100000000), 0x7feb352d);
  z = Math.imul(z ^ Math.imul(salt + 1, 0x85ebca6b), 0xc2b2ae35);
  z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
  return (z ^ (z >>> 16)) >>> 0;
}
