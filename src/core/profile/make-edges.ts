/** Fine edges and coarse groups of a number column, from its sorted finite sample. */
export interface Edges {
  readonly edges: Float64Array;
  readonly groupOf: Uint16Array;
  readonly groups: readonly string[];
  readonly discrete: boolean;
  readonly atoms: Float64Array;
}

/** Quantile ranks of the fine histogram. */
export const fineBins = 1000;
/** Equal-frequency groups of the coarse tests. */
export const coarseGroups = 10;
/** Up to so many different values, every value is a group of its own. */
export const discreteLimit = 20;
/** Up to so many different values, every value has a fine bin of its own. */
const exactLimit = 400;
/** Distances beyond the reference's range, in ranges, at which tail bins end. */
const tails = [...Array.from({ length: 24 }, (_, k) => 0.01 * 1.5 ** k), 1e3, 1e4, 1e6, 1e9];
/** Edges on each side that lie beyond the reference's range. */
export const tailEdges = tails.length;

/**
 * Fine edges lie at the reference's quantiles i/1000 (the order statistics, numpy's `inverted_cdf`); a value that
 * fills a whole bin, or every value when there are at most 400, has a bin for itself. Beyond the range, tail bins grow
 * geometrically. Groups: each value of at most 20 (all others together are "other values"), else ten between the
 * reference's deciles, the first and last open.
 */
export function makeEdges(sorted: Float64Array, asTime: boolean): Edges {
  const distinct = distinctUpTo(sorted, exactLimit);
  const fine: number[] = distinct === null ? quantileEdges(sorted) : distinct.flatMap((value) => [value, after(value)]);
  const edges = withTails(fine, sorted);
  const discrete = distinct !== null && distinct.length <= discreteLimit;
  const values = discrete ? distinct : null;
  const { groupOf, groups } =
    values === null ? rangeGroups(edges, decileEdges(sorted), asTime) : valueGroups(edges, values, asTime);
  return { edges, groupOf, groups, discrete, atoms: findAtoms(edges) };
}

/** The next double above. */
export function after(value: number): number {
  if (value === 0) return Number.MIN_VALUE;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  view.setBigInt64(0, view.getBigInt64(0) + (value > 0 ? 1n : -1n));
  return view.getFloat64(0);
}

function distinctUpTo(sorted: Float64Array, limit: number): number[] | null {
  const values: number[] = [];
  for (let i = 0; i < sorted.length; i++) {
    if (i === 0 || sorted[i]! !== sorted[i - 1]!) {
      if (values.length === limit) return null;
      values.push(sorted[i]!);
    }
  }
  return values;
}

function quantileEdges(sorted: Float64Array): number[] {
  const n = sorted.length;
  const edges: number[] = [];
  let repeated = Number.NaN;
  const enter = (value: number): void => {
    const last = edges.at(-1);
    if (last === undefined || value > last) edges.push(value);
    else if (value !== repeated && edges.includes(value)) {
      repeated = value;
      edges.push(after(value));
    }
  };
  enter(sorted[0]!);
  for (let i = 1; i < fineBins; i++) enter(sorted[Math.ceil((i * n) / fineBins) - 1]!);
  enter(sorted[n - 1]!);
  const top = after(sorted[n - 1]!);
  if (edges.at(-1)! < top) edges.push(top);
  return edges;
}

/** Deciles; a value that spans several of them is cut off on both sides, so that it is a group of its own. */
function decileEdges(sorted: Float64Array): number[] {
  const edges: number[] = [];
  let last = sorted[0];
  for (let i = 1; i < coarseGroups; i++) {
    const value = sorted[Math.ceil((i * sorted.length) / coarseGroups) - 1];
    if (value === undefined || last === undefined) continue;
    const edge = value > last ? value : after(value);
    if (edge > (edges.at(-1) ?? Number.NEGATIVE_INFINITY) && value >= last) edges.push(edge);
    last = Math.max(last, value);
  }
  return edges;
}

function withTails(fine: readonly number[], sorted: Float64Array): Float64Array {
  if (sorted.length === 0) return new Float64Array(0);
  const low = sorted[0]!;
  const high = sorted[sorted.length - 1]!;
  const range = high > low ? high - low : Math.max(Math.abs(low), 1);
  const below = tails.map((distance) => low - distance * range).reverse();
  const above = tails.map((distance) => high + distance * range);
  const all = [...below, ...fine, ...above].filter((edge) => Number.isFinite(edge));
  return Float64Array.from(new Set(all)).sort();
}

function rangeGroups(
  edges: Float64Array,
  bounds: readonly number[],
  asTime: boolean,
): Pick<Edges, "groupOf" | "groups"> {
  const groupOf = new Uint16Array(edges.length + 1);
  let group = 0;
  for (let bin = 1; bin <= edges.length; bin++) {
    while (group < bounds.length && edges[bin - 1]! >= bounds[group]!) group++;
    groupOf[bin] = group;
  }
  const show = (value: number): string => (asTime ? new Date(value).toISOString() : String(value));
  const groups = Array.from({ length: bounds.length + 1 }, (_, g) => {
    const low = bounds[g - 1];
    const high = bounds[g];
    if (low === undefined && high === undefined) return "all values";
    if (high === undefined) return isAfter(low!) ? `above ${show(before(low!))}` : `${show(low!)} and above`;
    const end = isAfter(high) ? `up to ${show(before(high))}` : `below ${show(high)}`;
    if (low === undefined) return end;
    if (isAfter(high) && before(high) === low) return show(low);
    return isAfter(low) ? `above ${show(before(low))}, ${end}` : `${show(low)} to ${end}`;
  });
  return { groupOf, groups };
  function isAfter(bound: number): boolean {
    const at = edges.indexOf(bound);
    return at > 0 && edges[at - 1]! === before(bound);
  }
}

/** The next double below. */
function before(value: number): number {
  return -after(-value);
}

function valueGroups(
  edges: Float64Array,
  values: readonly number[],
  asTime: boolean,
): Pick<Edges, "groupOf" | "groups"> {
  const groupOf = new Uint16Array(edges.length + 1).fill(values.length);
  for (let bin = 1; bin <= edges.length; bin++) {
    const value = values.indexOf(edges[bin - 1]!);
    if (value >= 0 && edges[bin] === after(values[value]!)) groupOf[bin] = value;
  }
  const show = (value: number): string => (asTime ? new Date(value).toISOString() : String(value));
  return { groupOf, groups: [...values.map(show), "other values"] };
}

/** A bin from a value to the next double holds that value alone. */
export function findAtoms(edges: Float64Array): Float64Array {
  const atoms = new Float64Array(edges.length + 1).fill(Number.NaN);
  for (let bin = 1; bin < edges.length; bin++) {
    const low = edges[bin - 1]!;
    // Most neighbours are far apart: the exact question is asked of close ones only.
    if (edges[bin]! - low <= 4e-16 * Math.abs(low) + Number.MIN_VALUE && edges[bin]! === after(low)) atoms[bin] = low;
  }
  return atoms;
}
