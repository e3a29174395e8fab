import type { ListMetric, MetricRequest } from "../metrics/metric.ts";
import type { Grouping } from "../slices/slice.ts";
import type { EvaluationBlock } from "./block.ts";
import { FOLDS } from "./draws.ts";
import type { CountTable, DirectTable } from "./evidence.ts";
import { longestList, type RankedLists } from "./rank-lists.ts";

interface ListTarget {
  readonly metric: ListMetric;
  readonly request: MetricRequest;
  readonly table: DirectTable;
}

/** Counts lists that have a relevant row, their distinct units, and the lists left out because they have none. */
class ListCounter {
  readonly #counts: CountTable;
  readonly #slices: readonly number[];
  readonly #units: Uint32Array | null;
  readonly #words: number;
  readonly #seen: Uint32Array;

  constructor(counts: CountTable, block: EvaluationBlock, slices: readonly number[]) {
    this.#counts = counts;
    this.#slices = slices;
    this.#units = block.units;
    this.#words = Math.ceil(block.unitCount / 32);
    this.#seen = new Uint32Array(this.#words * slices.length);
  }

  add(code: number, row: number, positives: number): void {
    const slice = this.#slices[code]!;
    if (positives === 0) {
      this.#counts.listsWithoutPositive[slice]! += 1;
      return;
    }
    this.#counts.groups[slice]! += 1;
    if (this.#units === null) {
      this.#counts.units[slice]! += 1;
      return;
    }
    const unit = this.#units[row]!;
    const word = code * this.#words + (unit >>> 5);
    const bit = 1 << (unit & 31);
    if ((this.#seen[word]! & bit) === 0) {
      this.#seen[word]! |= bit;
      this.#counts.units[slice]! += 1;
    }
  }
}

/**
 * Adds one model's list metrics to the fold sums. A grouping may cut lists (a condition on the items): each member
 * keeps its rows of a list, in the model's order, as a list of its own. Whole lists are the case of one member.
 * @param counts given for the first model: weights and counts of lists and units are the same for all models
 */
export function accumulateLists(
  targets: readonly ListTarget[],
  model: number,
  ranked: RankedLists,
  block: EvaluationBlock,
  grouping: Grouping,
  counts: CountTable | null,
): void {
  const gains = block.label as Float64Array;
  const longest = longestList(ranked.starts);
  const members = grouping.slices.length;
  const parts = new MemberParts(members, longest);
  const lists = ranked.starts.length - 1;
  const counter = counts === null ? null : new ListCounter(counts, block, grouping.slices);
  for (let list = 0; list < lists; list++) {
    const from = ranked.starts[list]!;
    const end = ranked.starts[list + 1]!;
    if (from === end) continue;
    parts.clear();
    for (let at = from; at < end; at++) {
      const row = ranked.rows[at]!;
      const code = grouping.codes[row]!;
      if (code !== grouping.none) parts.push(code, gains[row]!);
    }
    const fold = block.folds[ranked.rows[from]!]!;
    for (let touched = 0; touched < parts.touched; touched++) {
      const code = parts.codes[touched]!;
      const slice = grouping.slices[code]!;
      const part = parts.part(code);
      counter?.add(code, ranked.rows[from]!, part.positives);
      for (const target of targets) addList(target, model, part, slice * FOLDS + fold, counter !== null);
    }
  }
}

function addList(target: ListTarget, model: number, part: ListPart, cell: number, countWeights: boolean): void {
  const { gains, ideal, length, positives } = part;
  const value = target.metric.list(gains, 0, length, positives, ideal(), target.request);
  if (Number.isNaN(value)) return;
  target.table.sums[model]![cell]! += value;
  if (countWeights) target.table.weights[cell]! += 1;
}

interface ListPart {
  readonly gains: Float64Array;
  /** The sizes of the same gains sorted descending; sorted when first asked for. */
  readonly ideal: () => Float64Array;
  readonly length: number;
  readonly positives: number;
}

/** The rows of one list, split by grouping member; buffers are reused from list to list. */
class MemberParts {
  touched = 0;
  readonly codes: Uint16Array;
  readonly #gains: Float64Array[];
  readonly #lengths: Uint32Array;
  readonly #positives: Uint32Array;
  readonly #ideal: Float64Array;

  constructor(members: number, longest: number) {
    this.codes = new Uint16Array(members);
    this.#gains = Array.from({ length: members }, () => new Float64Array(longest));
    this.#lengths = new Uint32Array(members);
    this.#positives = new Uint32Array(members);
    this.#ideal = new Float64Array(longest);
  }

  clear(): void {
    for (let i = 0; i < this.touched; i++) {
      this.#lengths[this.codes[i]!] = 0;
      this.#positives[this.codes[i]!] = 0;
    }
    this.touched = 0;
  }

  push(code: number, gain: number): void {
    const length = this.#lengths[code]!;
    if (length === 0) this.codes[this.touched++] = code;
    this.#gains[code]![length] = gain;
    this.#lengths[code] = length + 1;
    if (gain > 0) this.#positives[code]! += 1;
  }

  part(code: number): ListPart {
    const length = this.#lengths[code]!;
    const gains = this.#gains[code]!;
    let sorted = false;
    const ideal = (): Float64Array => {
      if (!sorted) {
        this.#ideal.set(gains.subarray(0, length));
        sortSizesDescending(this.#ideal, length);
        sorted = true;
      }
      return this.#ideal;
    };
    return { gains, ideal, length, positives: this.#positives[code]! };
  }
}

/** Sizes, in place; zeros go to the end first, because most gains are 0, and equal sizes need no sorting. */
export function sortSizesDescending(values: Float64Array, length: number): void {
  let kept = 0;
  let equal = true;
  for (let i = 0; i < length; i++) {
    const value = values[i]!;
    if (value === 0) continue;
    const size = Math.abs(value);
    values[kept++] = size;
    if (size !== values[0]!) equal = false;
  }
  values.fill(0, kept, length);
  if (!equal) values.subarray(0, kept).sort().reverse();
}
