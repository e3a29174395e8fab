import type { ColumnProfile } from "../profile/column-profile.ts";
import { filledRows, missingRows } from "../profile/column-profile.ts";
import type { ColumnKind } from "../profile/frame.ts";
import { isCategoryFrame } from "../profile/frame.ts";
import { momentSummary } from "../profile/summary.ts";

/** One column in the reference and in the current rows: what every drift test reads. */
export interface ColumnPair {
  readonly kind: ColumnKind;
  readonly reference: PairSide;
  readonly current: PairSide;
  /**
   * Counts over the same few groups: categories and booleans by value (known ones beyond 1,000 together, unseen ones
   * together), numbers by the reference's deciles or single values; rows without a value and infinite rows are groups of
   * their own where either side has any.
   */
  readonly groups: GroupCounts;
}

export interface GroupCounts {
  readonly labels: readonly string[];
  readonly reference: Float64Array;
  readonly current: Float64Array;
}

export interface PairSide {
  readonly rows: number;
  /** Rows with a finite value (categories: any value). */
  readonly filled: number;
  readonly missing: number;
  /** Ordered kinds: the fine histogram, its edges and the extremes. */
  readonly counts: Float64Array;
  readonly edges: Float64Array | null;
  readonly min: number;
  readonly max: number;
  readonly sd: number | null;
  /** Finite values, ascending, when every row is at hand; tests are then exact. */
  readonly sorted: Float64Array | null;
}

/**
 * Pair of two profiles on one frame.
 * @param referenceRows finite values of the reference, ascending, or null where only the profile is at hand
 */
export function columnPair(
  reference: ColumnProfile,
  current: ColumnProfile,
  referenceRows: Float64Array | null = null,
  currentRows: Float64Array | null = null,
): ColumnPair {
  return {
    kind: reference.frame.kind,
    reference: pairSide(reference, referenceRows),
    current: pairSide(current, currentRows),
    groups: groupCounts(reference, current),
  };
}

function pairSide(profile: ColumnProfile, sorted: Float64Array | null): PairSide {
  return {
    rows: profile.rows,
    filled: filledRows(profile),
    missing: missingRows(profile),
    counts: profile.counts,
    edges: isCategoryFrame(profile.frame) ? null : profile.frame.edges,
    min: profile.min,
    max: profile.max,
    sd: momentSummary(profile).sd,
    sorted,
  };
}

/** Group counts of two profiles; groups that are empty on both sides are left out. */
export function groupCounts(reference: ColumnProfile, current: ColumnProfile): GroupCounts {
  const left = countsByGroup(reference);
  const right = countsByGroup(current);
  const labels = groupLabels(reference);
  const kept = labels.map((_, index) => index).filter((index) => left[index]! + right[index]! > 0);
  return {
    labels: kept.map((index) => labels[index]!),
    reference: Float64Array.from(kept, (index) => left[index]!),
    current: Float64Array.from(kept, (index) => right[index]!),
  };
}

/** Names of all groups of a column's frame, then `infinite` and `missing`. */
export function groupLabels(profile: ColumnProfile): string[] {
  const frame = profile.frame;
  const named = isCategoryFrame(frame) ? [...frame.values, "(other known values)", "(never seen)"] : [...frame.groups];
  return [...named, "(infinite)", "(missing)"];
}

/** Rows by group, in the order of {@link groupLabels}. */
export function countsByGroup(profile: ColumnProfile): Float64Array {
  const frame = profile.frame;
  const groups = isCategoryFrame(frame) ? profile.counts.length : frame.groups.length;
  const counts = new Float64Array(groups + 2);
  if (isCategoryFrame(frame)) counts.set(profile.counts);
  else for (let bin = 0; bin < profile.counts.length; bin++) counts[frame.groupOf[bin]!]! += profile.counts[bin]!;
  counts[groups] = profile.plusInfinity + profile.minusInfinity;
  counts[groups + 1] = missingRows(profile);
  return counts;
}
