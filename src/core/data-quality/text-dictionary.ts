import { type Form, type ReadCell, readCell } from "./cell-form.ts";

/** Stands for a text that the dictionary did not take in (it was full, or the text was long). */
export const noCode = 0xffffffff;

/** Distinct texts of a column that are kept, and the longest that is. Beyond it texts are read one by one. */
export const dictionaryLimit = 20_000;
export const dictionaryTextLimit = 256;

/**
 * The distinct texts of one column, in order of first appearance, each read once: what it looks like (form) and its
 * value. Keys are 64-bit hashes, so a text is decoded only when it is new.
 */
export class TextDictionary {
  readonly texts: string[] = [];
  readonly forms: Form[] = [];
  readonly values: number[] = [];
  readonly lows: number[] = [];
  readonly highs: number[] = [];
  /** True once a text was turned away: counts by text are then incomplete. */
  overflowed = false;
  #slots = new Int32Array(64).fill(-1);
  readonly #read: (text: string) => ReadCell;

  /** @param read what a text of this format is; in formats with types of their own, "39" is text and not a number */
  constructor(read: (text: string) => ReadCell = readCell) {
    this.#read = read;
  }

  /** The code of the text with this hash, or -1 if it is new. */
  find(lo: number, hi: number): number {
    const last = this.#slots.length - 1;
    for (let slot = lo & last; ; slot = (slot + 1) & last) {
      const code = this.#slots[slot]!;
      if (code === -1) return -1;
      if (this.lows[code] === lo && this.highs[code] === hi) return code;
    }
  }

  /** Takes in a new text and returns its code, or {@link noCode} where there is no room for it. */
  add(lo: number, hi: number, text: string): number {
    if (this.texts.length >= dictionaryLimit || text.length > dictionaryTextLimit) {
      this.overflowed = true;
      return noCode;
    }
    const cell = this.#read(text);
    const code = this.texts.push(text) - 1;
    this.forms.push(cell.form);
    this.values.push(cell.value);
    this.lows.push(lo);
    this.highs.push(hi);
    if (this.texts.length * 2 > this.#slots.length) this.#grow();
    else this.#place(code);
    return code;
  }

  #place(code: number): void {
    const last = this.#slots.length - 1;
    let slot = this.lows[code]! & last;
    while (this.#slots[slot] !== -1) slot = (slot + 1) & last;
    this.#slots[slot] = code;
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 4).fill(-1);
    for (let code = 0; code < this.texts.length; code++) this.#place(code);
  }
}
