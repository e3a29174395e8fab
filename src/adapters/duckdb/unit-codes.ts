import { hash } from "node:crypto";

const none = 0xffffffff;

/** Dense codes by first appearance for 64-bit keys, with a byte (the fold) kept per key. */
export class KeyCodes {
  #capacity = 1 << 12;
  #low = new Uint32Array(this.#capacity);
  #high = new Uint32Array(this.#capacity);
  #codes = new Uint32Array(this.#capacity).fill(none);
  #folds = new Uint8Array(this.#capacity);
  #used = new Uint8Array(this.#capacity);
  #size = 0;
  #next = 0;

  /** Distinct keys that were given a code. */
  get count(): number {
    return this.#next;
  }

  /** Announces a key with its fold, before it appears. */
  announce(low: number, high: number, fold: number): void {
    const slot = this.#slot(low, high);
    this.#folds[slot] = fold;
  }

  /** Slot of the key, valid until the next new key; read it with {@link codeAt} and {@link foldAt}. */
  find(low: number, high: number): number {
    const slot = this.#slot(low, high);
    if (this.#codes[slot] === none) this.#codes[slot] = this.#next++;
    return slot;
  }

  codeAt(slot: number): number {
    return this.#codes[slot]!;
  }

  foldAt(slot: number): number {
    return this.#folds[slot]!;
  }

  #slot(low: number, high: number): number {
    if (this.#size * 2 >= this.#capacity) this.#grow();
    const mask = this.#capacity - 1;
    let slot = (Math.imul(low ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b) >>> 7) & mask;
    while (this.#used[slot] === 1) {
      if (this.#low[slot] === low && this.#high[slot] === high) return slot;
      slot = (slot + 1) & mask;
    }
    this.#used[slot] = 1;
    this.#low[slot] = low;
    this.#high[slot] = high;
    this.#size++;
    return slot;
  }

  #grow(): void {
    const [low, high, codes, folds, used] = [this.#low, this.#high, this.#codes, this.#folds, this.#used];
    this.#capacity *= 2;
    this.#low = new Uint32Array(this.#capacity);
    this.#high = new Uint32Array(this.#capacity);
    this.#codes = new Uint32Array(this.#capacity).fill(none);
    this.#folds = new Uint8Array(this.#capacity);
    this.#used = new Uint8Array(this.#capacity);
    this.#size = 0;
    for (let i = 0; i < used.length; i++) {
      if (used[i] === 0) continue;
      const slot = this.#slot(low[i]!, high[i]!);
      this.#codes[slot] = codes[i]!;
      this.#folds[slot] = folds[i]!;
    }
  }
}

/** Dense codes by first appearance for small non-negative integers (offset from the smallest value). */
export class OffsetCodes {
  readonly #minimum: bigint;
  readonly #codes: Uint32Array;
  readonly #withFolds: boolean;
  #folds = new Uint8Array(1 << 12);
  #next = 0;
  #nullCode = none;

  constructor(minimum: bigint, range: number, withFolds: boolean) {
    this.#minimum = minimum;
    this.#codes = new Uint32Array(range + 1).fill(none);
    this.#withFolds = withFolds;
  }

  get count(): number {
    return this.#next;
  }

  code(offset: number): number {
    const known = this.#codes[offset]!;
    if (known !== none) return known;
    const code = this.#add(this.#withFolds ? String(this.#minimum + BigInt(offset)) : "");
    this.#codes[offset] = code;
    return code;
  }

  /** Rows without a unit are one unit, whose text is empty. */
  codeOfNull(): number {
    if (this.#nullCode === none) this.#nullCode = this.#add("");
    return this.#nullCode;
  }

  foldOf(code: number): number {
    return this.#folds[code]!;
  }

  #add(text: string): number {
    const code = this.#next++;
    if (!this.#withFolds) return code;
    if (code >= this.#folds.length) {
      const larger = new Uint8Array(this.#folds.length * 2);
      larger.set(this.#folds);
      this.#folds = larger;
    }
    this.#folds[code] = foldOfText(text);
    return code;
  }
}

/** First byte of SHA-256 of the unit's text in UTF-8: the fold that the unit belongs to, for ever. */
export function foldOfText(text: string): number {
  return Number.parseInt(hash("sha256", text, "hex").slice(0, 2), 16);
}
