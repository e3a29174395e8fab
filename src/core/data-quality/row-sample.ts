import { createRandom } from "../statistics/random.ts";
import { dateForms, form, isIn, numberForms } from "./cell-form.ts";
import type { CheckBlock, CheckColumn } from "./check-block.ts";
import { noCode } from "./text-dictionary.ts";

/** Cells of the sampled rows of one column, in the order of the sample (which is random). */
export interface SampledColumn {
  readonly name: string;
  readonly forms: Uint8Array;
  readonly numbers: Float64Array;
  /** As written, except plain numbers and times, which are written by value (times in milliseconds). */
  readonly texts: readonly string[];
}

export interface RowSample {
  readonly rows: number;
  /** True where the sample is all rows. */
  readonly complete: boolean;
  readonly columns: readonly SampledColumn[];
}

/** Rows that a sample holds at most, fewer in wide tables. */
export const sampleRows = 10_000;
const sampleCells = 1_000_000;
const plainForms = (numberForms | dateForms) & ~(1 << form.bigInteger) & ~(1 << form.scientific);

/**
 * A uniform sample of rows without replacement in one pass (reservoir with skips, algorithm L, Li 1994), by a fixed
 * seed: what needs values side by side (swapped columns, leaks, quantiles) reads this.
 */
export class RowSampler {
  readonly #random = createRandom(11);
  readonly #columns: SamplingColumn[] = [];
  #capacity = 0;
  #held = 0;
  #seen = 0;
  #next = 0;
  #w = 1;

  add(block: CheckBlock): void {
    if (this.#capacity === 0) {
      this.#capacity = Math.max(50, Math.min(sampleRows, Math.floor(sampleCells / Math.max(1, block.columns.length))));
    }
    for (let index = this.#columns.length; index < block.columns.length; index++) {
      this.#columns.push(new SamplingColumn(block.columns[index]!.name, this.#capacity));
    }
    // Rows first, then column by column: each column's arrays stay close at hand.
    const rows: number[] = [];
    const places: number[] = [];
    for (let row = 0; this.#held < this.#capacity && row < block.rows; row++) {
      rows.push(row);
      places.push(this.#held++);
    }
    if (this.#held === this.#capacity && this.#next === 0) this.#skip(this.#capacity - 1);
    while (this.#next > 0 && this.#next < this.#seen + block.rows) {
      rows.push(this.#next - this.#seen);
      places.push(this.#random.nextBelow(this.#capacity));
      this.#skip(this.#next);
    }
    this.#seen += block.rows;
    for (let index = 0; index < this.#columns.length; index++) {
      const source = block.columns[index];
      if (source !== undefined) this.#columns[index]!.put(source, rows, places);
    }
  }

  finish(): RowSample {
    return {
      rows: this.#held,
      complete: this.#held === this.#seen,
      columns: this.#columns.map((column) => column.finish(this.#held)),
    };
  }

  #skip(from: number): void {
    this.#w *= Math.exp(Math.log(1 - this.#random.next()) / this.#capacity);
    this.#next = from + Math.floor(Math.log(1 - this.#random.next()) / Math.log(1 - this.#w)) + 1;
  }
}

/** Keeps codes and numbers; texts are made for the rows that stay, at the end. */
class SamplingColumn {
  readonly #name: string;
  readonly #forms: Uint8Array;
  readonly #numbers: Float64Array;
  readonly #codes: Uint32Array;
  readonly #loose = new Map<number, string>();
  #dictionary: readonly string[] = [];

  constructor(name: string, capacity: number) {
    this.#name = name;
    this.#forms = new Uint8Array(capacity).fill(form.empty);
    this.#numbers = new Float64Array(capacity).fill(Number.NaN);
    this.#codes = new Uint32Array(capacity).fill(noCode);
  }

  put(source: CheckColumn, rows: readonly number[], places: readonly number[]): void {
    const { uniform, forms, codes, numbers } = source;
    this.#dictionary = source.dictionary.texts;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      const at = places[i]!;
      const one = uniform ?? forms[row]!;
      const code = codes[row]!;
      this.#forms[at] = one;
      this.#numbers[at] = numbers[row]!;
      this.#codes[at] = code;
      if (code === noCode && one !== form.empty && !isIn(plainForms, one)) {
        const text = source.text(row);
        this.#loose.set(at, text.length > 500 ? text.slice(0, 500) : text);
      } else if (this.#loose.size > 0) this.#loose.delete(at);
    }
  }

  /** Texts are made when a check asks for them: most columns of numbers are never asked. */
  finish(held: number): SampledColumn {
    let texts: readonly string[] | null = null;
    const written = (): readonly string[] => this.#texts(held);
    return {
      name: this.#name,
      forms: this.#forms.subarray(0, held),
      numbers: this.#numbers.subarray(0, held),
      get texts() {
        texts ??= written();
        return texts;
      },
    };
  }

  #texts(held: number): string[] {
    return Array.from({ length: held }, (_, at) => {
      const code = this.#codes[at]!;
      if (code !== noCode) return this.#dictionary[code]!;
      const loose = this.#loose.get(at);
      if (loose !== undefined) return loose;
      return this.#forms[at] === form.empty ? "" : String(this.#numbers[at]!);
    });
  }
}
