import type { ColumnProfile } from "../profile/column-profile.ts";
import { filledRows, mostFrequent } from "../profile/column-profile.ts";
import { isCategoryFrame } from "../profile/frame.ts";
import { profileQuantile } from "../profile/summary.ts";
import type { ColumnPicture } from "./drift-document.ts";
import { countsByGroup, groupLabels } from "./column-pair.ts";

const displayBins = 40;
const displayCategories = 20;

/** Shares over equal-width display bins (ordered kinds with many values) or over values, the same for both sides. */
export function columnPicture(reference: ColumnProfile, current: ColumnProfile): ColumnPicture {
  const frame = reference.frame;
  if (isCategoryFrame(frame) || (frame.kind === "number" && frame.discrete)) return valuePicture(reference, current);
  const low = Math.min(
    profileQuantile(reference, 0.005) ?? 0,
    profileQuantile(current, 0.005) ?? Number.POSITIVE_INFINITY,
  );
  const high = Math.max(
    profileQuantile(reference, 0.995) ?? 1,
    profileQuantile(current, 0.995) ?? Number.NEGATIVE_INFINITY,
  );
  const top = high > low ? high : low + 1;
  const bounds = Array.from({ length: displayBins + 1 }, (_, i) => low + ((top - low) * i) / displayBins);
  return {
    labels: [],
    bounds,
    reference: spread(reference, bounds),
    current: spread(current, bounds),
  };
}

function valuePicture(reference: ColumnProfile, current: ColumnProfile): ColumnPicture {
  const labels = groupLabels(reference);
  const left = countsByGroup(reference);
  const right = countsByGroup(current);
  const weight = new Map(
    labels.map((label, i) => [label, left[i]! / Math.max(1, reference.rows) + right[i]! / Math.max(1, current.rows)]),
  );
  const kept = new Set(
    mostFrequent(weight, displayCategories)
      .filter(([, w]) => w > 0)
      .map(([label]) => label),
  );
  const rows = labels.map((_, i) => i).filter((i) => kept.has(labels[i]!));
  return {
    labels: rows.map((i) => labels[i]!),
    bounds: null,
    reference: rows.map((i) => left[i]! / Math.max(1, reference.rows)),
    current: rows.map((i) => right[i]! / Math.max(1, current.rows)),
  };
}

/** Shares of a fine histogram in equal-width bins; rows spread evenly inside a fine bin, rows beyond go to the end bins. */
function spread(profile: ColumnProfile, bounds: readonly number[]): number[] {
  const shares = Array.from({ length: bounds.length - 1 }, () => 0);
  const frame = profile.frame;
  if (isCategoryFrame(frame)) return shares;
  const n = Math.max(1, filledRows(profile));
  const low = bounds[0]!;
  const width = (bounds.at(-1)! - low) / shares.length;
  const place = (value: number): number => Math.max(0, Math.min(shares.length - 1, Math.floor((value - low) / width)));
  for (let bin = 0; bin < profile.counts.length; bin++) {
    const count = profile.counts[bin]!;
    if (count === 0) continue;
    const from = Math.max(profile.min, frame.edges[bin - 1] ?? profile.min);
    const to = Math.min(profile.max, frame.edges[bin] ?? profile.max);
    const first = place(from);
    const last = place(to);
    for (let cell = first; cell <= last; cell++) {
      const overlap =
        first === last
          ? 1
          : (Math.min(to, low + width * (cell + 1)) - Math.max(from, low + width * cell)) / (to - from);
      shares[cell]! += (Math.max(0, overlap) * count) / n;
    }
  }
  return shares;
}
