import { createRandom } from "../statistics/random.ts";
import type { CheckBlock } from "./check-block.ts";
import { form } from "./cell-form.ts";

/** Cells of the sampled rows of one column, in the order of the sample. */
export interface SampledColumn {
  readonly name: string;
  readonly forms: Uint8Array;
  readonly numbers: Float64Array;
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
      const filled = new Uint8Array(this.#capacity).fill(form.empty);
      const numbers = new Float64Array(this.#capacity).fill(Number.NaN);
      const texts = Array.from<string>({ length: this.#held }).fill("");
      this.#columns.push({ name: block.columns[index]!.name, forms: filled, numbers, texts });
    }
    let row = 0;
    while (this.#held < this.#capacity && row < block.rows) this.#put(block, row++, this.#held++);
    if (this.#held === this.#capacity && this.#next === 0) this.#skip(this.#capacity - 1);
    while (this.#next > 0 && this.#next < this.#seen + block.rows) {
      this.#put(block, this.#next - this.#seen, this.#random.nextBelow(this.#capacity));
      this.#skip(this.#next);
    }
    this.#seen += block.rows;
  }

  finish(): RowSample {
    return {
      rows: this.#held,
      complete: this.#held === this.#seen,
      columns: this.#columns.map((column) => ({
        name: column.name,
        forms: column.forms.subarray(0, this.#held),
        numbers: column.numbers.subarray(0, this.#held),
        texts: column.texts,
      })),
    };
  }

  #skip(from: number): void {
    this.#w *= Math.exp(Math.log(1 - this.#random.next()) / this.#capacity);
    this.#next = from + Math.floor(Math.log(1 - this.#random.next()) / Math.log(1 - this.#w)) + 1;
  }

  #put(block: CheckBlock, row: number, at: number): void {
    for (let index = 0; index < this.#columns.length; index++) {
      const target = this.#columns[index]!;
      const source = block.columns[index];
      if (source === undefined) continue;
      target.forms[at] = source.uniform ?? source.forms[row]!;
      target.numbers[at] = source.numbers[row]!;
      const text = source.text(row);
      target.texts[at] = text.length > 500 ? text.slice(0, 500) : text;
    }
  }
}

interface SamplingColumn {
  readonly name: string;
  readonly forms: Uint8Array;
  readonly numbers: Float64Array;
  readonly texts: string[];
}
