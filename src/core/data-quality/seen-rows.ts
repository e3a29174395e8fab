/**
 * Which 64-bit hashes were seen before, in bounded memory. Exact up to `limit` distinct hashes; beyond, the set keeps
 * a half, then a quarter, … of the hash space (adaptive sampling, Flajolet 1990), and counts are scaled estimates.
 */
export class SeenRows {
  #distinct = 0;
  #shift = 0;
  /** Slots of two words; a hash of zero in both is moved to one. */
  #slots = new Uint32Array(2048);
  /** Sightings of the hashes that came more than once, by `lo` and `hi` as one number. */
  readonly #again = new Map<number, number>();
  readonly #limit: number;
  mostRepeated = 1;

  constructor(limit = 4_000_000) {
    this.#limit = limit;
  }

  /** False once the set had to forget part of the hash space. */
  get exact(): boolean {
    return this.#shift === 0;
  }

  get distinct(): number {
    return this.#distinct * 2 ** this.#shift;
  }

  /** Rows that equal an earlier one. */
  get repeats(): number {
    let repeats = 0;
    for (const count of this.#again.values()) repeats += count - 1;
    return repeats * 2 ** this.#shift;
  }

  /** True where an equal row came before (as far as it is still followed). */
  add(low: number, hi: number): boolean {
    if (this.#shift > 0 && hi >>> (32 - this.#shift) !== 0) return false;
    const lo = low === 0 && hi === 0 ? 1 : low;
    const slots = this.#slots;
    const last = slots.length - 2;
    for (let slot = (lo << 1) & last; ; slot = (slot + 2) & last) {
      const a = slots[slot]!;
      const b = slots[slot + 1]!;
      if (a === lo && b === hi) {
        this.#repeat(lo, hi);
        return true;
      }
      if (a === 0 && b === 0) {
        slots[slot] = lo;
        slots[slot + 1] = hi;
        break;
      }
    }
    if (++this.#distinct * 4 > slots.length) this.#makeRoom();
    return false;
  }

  #repeat(lo: number, hi: number): void {
    const name = nameOf(lo, hi);
    const count = (this.#again.get(name) ?? 1) + 1;
    this.#again.set(name, count);
    if (count > this.mostRepeated) this.mostRepeated = count;
  }

  #makeRoom(): void {
    const before = this.#slots;
    const full = this.#distinct >= this.#limit;
    if (full) this.#shift++;
    this.#slots = new Uint32Array(full ? before.length : before.length * 4);
    this.#distinct = 0;
    const slots = this.#slots;
    const last = slots.length - 2;
    for (let i = 0; i < before.length; i += 2) {
      // Not taken apart as a pair: that makes an array for each of millions of slots.
      const lo = before[i]!;
      const hi = before[i + 1]!;
      if (lo === 0 && hi === 0) continue;
      if (this.#shift > 0 && hi >>> (32 - this.#shift) !== 0) {
        this.#again.delete(nameOf(lo, hi));
        continue;
      }
      let slot = (lo << 1) & last;
      while (slots[slot] !== 0 || slots[slot + 1] !== 0) slot = (slot + 2) & last;
      slots[slot] = lo;
      slots[slot + 1] = hi;
      this.#distinct++;
    }
  }
}

/** 53 of the 64 bits. */
function nameOf(lo: number, hi: number): number {
  return (hi & 0x1fffff) * 4294967296 + lo;
}
