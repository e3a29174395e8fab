/** Rows of the reference and of the period that must be right on average. */
export interface MeanGroup {
  readonly reference: readonly number[];
  readonly current: readonly number[];
}

const GROUP_ROWS = 100;
const ROUNDS = 5;

/**
 * Shifts what is expected of every group whose mean is off on the reference, by more than chance and more than `leastGap`,
 * again and again, in place (multicalibration, Hebert-Johnson 2018, of values of any kind).
 */
export function patchMeans(
  expected: { readonly reference: Float64Array; readonly current: Float64Array },
  observed: Float64Array,
  weight: Float64Array | null,
  groups: readonly MeanGroup[],
  leastGap: number,
): void {
  for (let round = 0; round < ROUNDS; round++) {
    let moved = false;
    for (const group of groups) {
      let mass = 0;
      let squares = 0;
      let gap = 0;
      let spread = 0;
      for (const i of group.reference) {
        const w = weight?.[i] ?? 1;
        const e = observed[i]! - expected.reference[i]!;
        mass += w;
        squares += w * w;
        gap += w * e;
        spread += w * w * e * e;
      }
      if (!(mass > 0) || (mass * mass) / squares < GROUP_ROWS) continue;
      const mean = gap / mass;
      if (Math.abs(mean) <= Math.max(leastGap, (2 * Math.sqrt(spread)) / mass)) continue;
      moved = true;
      for (const i of group.reference) expected.reference[i]! += mean;
      for (const i of group.current) expected.current[i]! += mean;
    }
    if (!moved) return;
  }
}

/** Rows by quantiles of what was expected on the reference: groups of their own, because trees shrink what they say. */
export function quantileGroups(reference: Float64Array, current: Float64Array, count: number): MeanGroup[] {
  const edges = quantileEdges(reference, count);
  const groups = Array.from({ length: count }, () => ({ reference: [] as number[], current: [] as number[] }));
  reference.forEach((value, i) => groups[binOf(edges, value)]!.reference.push(i));
  current.forEach((value, i) => groups[binOf(edges, value)]!.current.push(i));
  return groups;
}

export function quantileEdges(values: Float64Array, count: number): number[] {
  const sorted = values.slice().sort();
  return Array.from({ length: count - 1 }, (_, k) => sorted[Math.floor(((k + 1) * sorted.length) / count)]!);
}

export function binOf(edges: readonly number[], value: number): number {
  let bin = 0;
  while (bin < edges.length && value >= edges[bin]!) bin++;
  return bin;
}
