import type { CheckColumn } from "./check-block.ts";
import { form } from "./cell-form.ts";
import { hashRows } from "./row-hash.ts";
import type { SeenRows } from "./seen-rows.ts";
import { noCode, TextDictionary } from "./text-dictionary.ts";

const most = 8_000_000;

/**
 * Keys that come in strictly ascending order cannot repeat: as long as they do, they are only written down (8 bytes a
 * row), not hashed. The first one that does not ascend moves all of them into the set.
 */
export class AscendingKeys {
  #values = new Float64Array(4096);
  #count = 0;
  #last = -Infinity;
  /** False once the keys went over to the set. */
  holds = true;

  /** True where the whole block ascends and was taken in. */
  take(column: CheckColumn, rows: number): boolean {
    if (!this.holds || column.uniform !== form.integer || this.#count + rows > most) return false;
    const { numbers } = column;
    let last = this.#last;
    for (let row = 0; row < rows; row++) {
      const value = numbers[row]!;
      if (!(value > last)) return false;
      last = value;
    }
    if (this.#count + rows > this.#values.length) {
      const larger = new Float64Array(Math.max(this.#values.length * 4, this.#count + rows));
      larger.set(this.#values.subarray(0, this.#count));
      this.#values = larger;
    }
    this.#values.set(numbers.subarray(0, rows), this.#count);
    this.#count += rows;
    this.#last = last;
    return true;
  }

  moveTo(seen: SeenRows): void {
    this.holds = false;
    const rows = this.#count;
    if (rows === 0) return;
    const [lo, hi] = [new Uint32Array(rows), new Uint32Array(rows)];
    const column: CheckColumn = {
      name: "",
      forms: new Uint8Array(0),
      uniform: form.integer,
      numbers: this.#values,
      codes: new Uint32Array(rows).fill(noCode),
      dictionary: new TextDictionary(),
      hashes: null,
      text: () => "",
    };
    hashRows({ rows, columns: [column], lines: lo, rejects: [], raw: () => "" }, [0], lo, hi);
    for (let row = 0; row < rows; row++) seen.add(lo[row]!, hi[row]!);
    this.#values = new Float64Array(0);
  }
}
