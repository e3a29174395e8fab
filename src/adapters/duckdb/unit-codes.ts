import { hash } from "node:crypto";

const none = 0xffffffff;

/**
 * Dense codes by first appearance for 64-bit keys, with a byte (the fold) kept per key. Open addressing over one array:
 * a key is four words that share a cache line (low, high, code, fold with a mark of use).
 */
export class KeyCodes {
  #capacity = 1 << 12;
  #slots = new Uint32Array(this.#capacity * slotWords);
  #size = 0;
  #next = 0;

  /** Announces a key with its fold, before it appears. */
  announce(low: number, high: number, fold: number): void {
    const at = this.#find(low, high);
    this.#slots[at + 3] = used | fold;
  }

  /** Writes the code of each of `count` keys (pairs of words), and its fold, from `at` on. */
  encode(words: Uint32Array, count: number, codes: Uint32Array, folds: Uint8Array | null, at: number): void {
    for (let i = 0; i < count; i++) {
      const slot = this.#find(words[2 * i]!, words[2 * i + 1]!);
      const slots = this.#slots;
      let code = slots[slot + 2]!;
      if (code === none) {
        code = this.#next++;
        slots[slot + 2] = code;
      }
      codes[at + i] = code;
      if (folds !== null) folds[at + i] = slots[slot + 3]! & 0xff;
    }
  }

  /** Code of one key. */
  code(low: number, high: number): number {
    const at = this.#find(low, high);
    if (this.#slots[at + 2] === none) this.#slots[at + 2] = this.#next++;
    return this.#slots[at + 2]!;
  }

  /** Place of the key's words; a new key gets a place without a code. */
  #find(low: number, high: number): number {
    if (this.#size * 5 >= this.#capacity * 3) this.#grow();
    const at = place(this.#slots, this.#capacity, low, high);
    if (this.#slots[at + 3] === 0) {
      this.#slots.set([low, high, none, used], at);
      this.#size++;
    }
    return at;
  }

  #grow(): void {
    const old = this.#slots;
    this.#capacity *= 2;
    this.#slots = new Uint32Array(this.#capacity * slotWords);
    for (let from = 0; from < old.length; from += slotWords) {
      if (old[from + 3] === 0) continue;
      const at = place(this.#slots, this.#capacity, old[from]!, old[from + 1]!);
      for (let word = 0; word < slotWords; word++) this.#slots[at + word] = old[from + word]!;
    }
  }
}

const slotWords = 4;
const used = 0x100;

/** The key's place, or the free one where it belongs. The keys are hashes already: their bits need little mixing. */
function place(slots: Uint32Array, capacity: number, low: number, high: number): number {
  const mask = capacity - 1;
  let slot = (low ^ Math.imul(high, 0x9e3779b1)) & mask;
  for (;;) {
    const at = slot * slotWords;
    if (slots[at + 3] === 0 || (slots[at] === low && slots[at + 1] === high)) return at;
    slot = (slot + 1) & mask;
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
