/**
 * Which 64-bit hashes were seen before, in bounded memory. Exact up to `limit` distinct hashes; beyond, the set keeps
 * a half, then a quarter, … of the hash space (adaptive sampling, Flajolet 1990), and counts are scaled estimates.
 */
export class SeenRows {
  /** Repeats found among the hashes that are still followed. */
  #repeats = 0;
  #distinct = 0;
  #shift = 0;
  #lows: Uint32Array;
  #highs: Uint32Array;
  /** How often each kept hash repeated; the largest is `mostRepeated`. */
  #counts: Uint32Array;
  readonly #limit: number;
  mostRepeated = 1;

  constructor(limit = 4_000_000) {
    this.#limit = limit;
    this.#lows = new Uint32Array(1024);
    this.#highs = new Uint32Array(1024);
    this.#counts = new Uint32Array(1024);
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
    return this.#repeats * 2 ** this.#shift;
  }

  /** True where an equal row came before (as far as it is still followed). */
  add(lo: number, hi: number): boolean {
    if (this.#shift > 0 && hi >>> (32 - this.#shift) !== 0) return false;
    const last = this.#lows.length - 1;
    let slot = lo & last;
    while (this.#counts[slot] !== 0) {
      if (this.#lows[slot] === lo && this.#highs[slot] === hi) {
        this.#repeats++;
        const count = this.#counts[slot]!;
        this.#counts[slot] = count + 1;
        if (count + 1 > this.mostRepeated) this.mostRepeated = count + 1;
        return true;
      }
      slot = (slot + 1) & last;
    }
    this.#lows[slot] = lo;
    this.#highs[slot] = hi;
    this.#counts[slot] = 1;
    this.#distinct++;
    if (this.#distinct * 2 > this.#lows.length) this.#makeRoom();
    return false;
  }

  #makeRoom(): void {
    const [lows, highs, counts] = [this.#lows, this.#highs, this.#counts];
    let size = lows.length;
    if (this.#distinct < this.#limit) size *= 2;
    else this.#shift++;
    this.#lows = new Uint32Array(size);
    this.#highs = new Uint32Array(size);
    this.#counts = new Uint32Array(size);
    this.#distinct = 0;
    this.#repeats = 0;
    for (let i = 0; i < lows.length; i++) {
      if (counts[i]! > 0) this.#keep(lows[i]!, highs[i]!, counts[i]!);
    }
  }

  #keep(lo: number, hi: number, count: number): void {
    if (this.#shift > 0 && hi >>> (32 - this.#shift) !== 0) return;
    const last = this.#lows.length - 1;
    let slot = lo & last;
    while (this.#counts[slot] !== 0) slot = (slot + 1) & last;
    this.#lows[slot] = lo;
    this.#highs[slot] = hi;
    this.#counts[slot] = count;
    this.#distinct++;
    this.#repeats += count - 1;
  }
}
