/**
 * Names closest to `wanted` by Damerau-Levenshtein distance (optimal string alignment), best first: what an error
 * offers for a mistyped column, metric or key. Case differences count as nothing, a contained name as half.
 */
export function nearest(wanted: string, candidates: Iterable<string>, limit = 3): string[] {
  const lowered = wanted.toLowerCase();
  const scored: Array<{ name: string; distance: number }> = [];
  for (const name of candidates) {
    const other = name.toLowerCase();
    let distance = alignmentDistance(lowered, other);
    const shorter = Math.min(lowered.length, other.length);
    if (shorter >= 3 && (other.includes(lowered) || lowered.includes(other))) distance /= 2;
    if (distance <= Math.max(2, Math.floor(wanted.length / 2))) scored.push({ name, distance });
  }
  scored.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1));
  // Next to a near miss, a far one is noise.
  const farthest = Math.max(2, 2 * (scored[0]?.distance ?? 0));
  return scored
    .filter((entry) => entry.distance <= farthest)
    .slice(0, limit)
    .map((entry) => entry.name);
}

function alignmentDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min(previous[j]! + 1, current[j - 1]! + 1, previous[j - 1]! + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, beforePrevious[j - 2]! + 1);
      }
      current.push(best);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length]!;
}
