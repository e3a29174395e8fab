import type { ColumnProfile } from "./column-profile.ts";
import { filledRows, mostFrequent } from "./column-profile.ts";
import { isCategoryFrame, rareBin, unseenBin } from "./frame.ts";
import { distinctEstimate } from "./hyperloglog.ts";

/** Mean, standard deviation (n - 1), skewness and excess kurtosis (population forms); null where undefined. */
export interface MomentSummary {
  readonly mean: number | null;
  readonly sd: number | null;
  readonly skewness: number | null;
  readonly kurtosis: number | null;
}

export function momentSummary(profile: ColumnProfile): MomentSummary {
  const frame = profile.frame;
  const n = isCategoryFrame(frame) ? 0 : filledRows(profile);
  if (isCategoryFrame(frame) || n === 0) return { mean: null, sd: null, skewness: null, kurtosis: null };
  const [a, b, c, d] = Array.from(profile.powers, (sum) => sum / n) as [number, number, number, number];
  const variance = profile.min === profile.max ? 0 : Math.max(0, b - a * a);
  const mean = profile.min === profile.max ? profile.min : frame.centre + a * frame.scale;
  const third = c - 3 * a * b + 2 * a ** 3;
  const fourth = d - 4 * a * c + 6 * a * a * b - 3 * a ** 4;
  return {
    mean: finite(mean),
    sd: n > 1 ? finite(Math.sqrt((variance * n) / (n - 1)) * frame.scale) : null,
    skewness: variance > 0 ? finite(third / variance ** 1.5) : null,
    kurtosis: variance > 0 ? finite(fourth / variance ** 2 - 3) : null,
  };
}

/** Values near the largest double overflow in a power: no number then. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** Number of different values: exact where every one has a bin, otherwise estimated within 2.3% (one standard error). */
export function distinctValues(profile: ColumnProfile): number {
  const frame = profile.frame;
  if (isCategoryFrame(frame) && profile.counts[rareBin(frame)] === 0 && profile.unseen.size < 1000) {
    let named = 0;
    for (let bin = 0; bin < frame.values.length; bin++) if (profile.counts[bin]! > 0) named++;
    return named + profile.unseen.size;
  }
  // An estimate above the number of rows is an error that is known.
  return Math.min(Math.round(distinctEstimate(profile.registers)), filledRows(profile));
}

/**
 * Value below which a share `q` of the filled rows lies, by linear interpolation inside the fine bin; off by at most the
 * share of rows in that bin (about 0.001 on rows like the reference). Null without values or for categories.
 */
export function profileQuantile(profile: ColumnProfile, q: number): number | null {
  const frame = profile.frame;
  if (isCategoryFrame(frame)) return null;
  const n = filledRows(profile);
  if (n === 0) return null;
  if (q <= 0) return profile.min;
  if (q >= 1) return profile.max;
  let passed = 0;
  for (let bin = 0; bin < profile.counts.length; bin++) {
    const count = profile.counts[bin]!;
    if (count > 0 && passed + count >= q * n) {
      if (frame.kind !== "text" && !Number.isNaN(frame.atoms[bin])) return frame.atoms[bin]!;
      const low = Math.max(profile.min, frame.edges[bin - 1] ?? profile.min);
      const high = Math.min(profile.max, frame.edges[bin] ?? profile.max);
      return low + ((q * n - passed) / count) * (high - low);
    }
    passed += count;
  }
  return profile.max;
}

export interface TopValue {
  readonly value: string;
  readonly count: number;
}

/** Most frequent values: of categories known and unseen; of numbers those that have a bin for themselves. */
export function topValues(profile: ColumnProfile, limit: number): TopValue[] {
  const counts = new Map<string, number>();
  const frame = profile.frame;
  if (isCategoryFrame(frame)) {
    frame.values.forEach((value, bin) => counts.set(value, profile.counts[bin]!));
    for (const [value, count] of profile.unseen) counts.set(value, count);
  } else if (frame.kind === "number") {
    frame.atoms.forEach((value, bin) => {
      if (!Number.isNaN(value)) counts.set(String(value), profile.counts[bin]!);
    });
  } else if (frame.kind === "text" && profile.text !== null) {
    for (const [word, count] of profile.text.known) counts.set(word, count);
  }
  return mostFrequent(counts, limit)
    .filter(([, count]) => count > 0)
    .map(([value, count]) => ({ value, count }));
}

/** Rows whose category the reference never had. */
export function unseenRows(profile: ColumnProfile): number {
  return isCategoryFrame(profile.frame) ? profile.counts[unseenBin(profile.frame)]! : 0;
}
