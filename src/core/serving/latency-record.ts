/**
 * Durations in buckets that grow by 1%, from 1 µs to over an hour: a fixed 2,231 counts however many are recorded, and
 * every quantile within 1% of the exact one.
 */
export class LatencyRecord {
  readonly #counts = new Float64Array(bucketCount);
  #count = 0;
  #sum = 0;
  #max = 0;

  /** @param milliseconds from 0 */
  add(milliseconds: number): void {
    this.#counts[bucketOf(milliseconds)]!++;
    this.#count++;
    this.#sum += milliseconds;
    if (milliseconds > this.#max) this.#max = milliseconds;
  }

  get count(): number {
    return this.#count;
  }

  get max(): number {
    return this.#max;
  }

  /** Mean in milliseconds; null of none. */
  get mean(): number | null {
    return this.#count === 0 ? null : this.#sum / this.#count;
  }

  /**
   * The value that a share of the durations does not exceed (the upper edge of its bucket), in milliseconds.
   * @returns null where fewer than ten durations lie beyond it: such a quantile is noise
   */
  quantile(share: number): number | null {
    if (this.#count * (1 - share) < fewestBeyond - 1e-9) return null;
    const rank = Math.ceil(share * this.#count - 1e-9);
    let seen = 0;
    for (let bucket = 0; bucket < bucketCount; bucket++) {
      seen += this.#counts[bucket]!;
      if (seen >= rank) return Math.min(this.#max, upperEdge(bucket));
    }
    return this.#max;
  }
}

const growth = Math.log(1.01);
const smallest = 0.001;
const bucketCount = 2231;
const fewestBeyond = 10;

function bucketOf(milliseconds: number): number {
  if (!(milliseconds > smallest)) return 0;
  return Math.min(bucketCount - 1, Math.ceil(Math.log(milliseconds / smallest) / growth));
}

function upperEdge(bucket: number): number {
  return smallest * Math.exp(bucket * growth);
}
