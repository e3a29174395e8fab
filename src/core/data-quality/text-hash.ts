/**
 * 64 bits of hash in two halves, for telling cells and rows apart without keeping them. Two multiply-xor lanes with
 * different odd constants and murmur3's finaliser; not for adversaries. At a million distinct texts the chance that
 * any two share a hash is about 3e-8.
 */
export interface Hash {
  lo: number;
  hi: number;
}

const seedLow = 0x811c9dc5;
const seedHigh = 0x1b873593;

export function hashBytes(bytes: Uint8Array, start: number, end: number, into: Hash): void {
  let lo = seedLow;
  let hi = seedHigh;
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    lo = Math.imul(lo ^ byte, 0x01000193);
    hi = Math.imul(hi ^ byte, 0x5bd1e995);
    hi ^= hi >>> 15;
  }
  into.lo = finish(lo ^ (end - start));
  into.hi = finish(hi);
}

/** Hashes UTF-16 code units; equal texts from different readers agree only where both hash texts this way. */
export function hashText(text: string, into: Hash): void {
  let lo = seedLow;
  let hi = seedHigh;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    lo = Math.imul(lo ^ unit, 0x01000193);
    hi = Math.imul(hi ^ unit, 0x5bd1e995);
    hi ^= hi >>> 15;
  }
  into.lo = finish(lo ^ text.length);
  into.hi = finish(hi);
}

export function finish(bits: number): number {
  let x = bits;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
