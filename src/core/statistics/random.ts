/**
 * Seeded randomness: the only source of it in the core. sfc32 (Chris Doty-Humphrey's Small Fast Counting generator,
 * 128 bits of state, passes PractRand), seeded by splitmix32; the same numbers on every machine.
 */
export interface Random {
  /** Uniform 32-bit unsigned integer. */
  nextUint32(): number;
  /** Uniform in [0, 1) with 53 random bits. */
  next(): number;
  /** Uniform integer in [0, bound), without modulo bias (rejection); throws for a bound outside 1 to 2^32. */
  nextBelow(bound: number): number;
  /** Standard normal (Marsaglia's polar method). */
  nextNormal(): number;
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const high = Math.floor(seed / 0x100000000) >>> 0;
  const splitmix = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state ^ high;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  let a = splitmix();
  let b = splitmix();
  let c = splitmix();
  let counter = 1;
  const nextUint32 = (): number => {
    const t = (((a + b) >>> 0) + counter) >>> 0;
    counter = (counter + 1) >>> 0;
    a = (b ^ (b >>> 9)) >>> 0;
    b = (c + (c << 3)) >>> 0;
    c = ((c << 21) | (c >>> 11)) >>> 0;
    c = (c + t) >>> 0;
    return t;
  };
  for (let i = 0; i < 15; i++) nextUint32();
  const next = (): number => ((nextUint32() >>> 5) * 67108864 + (nextUint32() >>> 6)) / 9007199254740992;
  const nextBelow = (bound: number): number => {
    if (!(bound >= 1 && bound <= 0x100000000))
      throw new RangeError(`nextBelow needs a bound from 1 to 2^32, not ${bound}`);
    const limit = Math.floor(0x100000000 / bound) * bound;
    for (;;) {
      const value = nextUint32();
      if (value < limit) return value % bound;
    }
  };
  let spare: number | null = null;
  const nextNormal = (): number => {
    if (spare !== null) {
      const value = spare;
      spare = null;
      return value;
    }
    for (;;) {
      const x = 2 * next() - 1;
      const y = 2 * next() - 1;
      const s = x * x + y * y;
      if (s > 0 && s < 1) {
        const scale = Math.sqrt((-2 * Math.log(s)) / s);
        spare = y * scale;
        return x * scale;
      }
    }
  };
  return { nextUint32, next, nextBelow, nextNormal };
}
