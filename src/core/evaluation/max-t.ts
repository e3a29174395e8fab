import { maxTByHypothesis } from "../statistics/max-t.ts";
import { studentise, type PairedDifference, type Resampled } from "./studentised.ts";

/** One hypothesis of a family: H0 "the challenger is not worse than -margin". */
export interface FamilyMember {
  readonly paired: PairedDifference;
  readonly resampled: Resampled;
  readonly margin: number;
}

/**
 * Step-down max-T adjusted p-values (Westfall, Young 1993; Romano, Wolf 2005) of H0: D_s >= -margin_s, one-sided,
 * from the shared draws, so that overlap between slices is respected.
 * @returns p in the order of `family`; (1 + #)/(B + 1), monotone along the steps
 */
export function maxTWorse(family: readonly FamilyMember[]): Float64Array {
  return stepDown(
    family.map((member) => -studentise(member.paired.difference + member.margin, member.paired.standardError)),
    family.map((member) => member.resampled),
    (t) => -t,
  );
}

/** The same for two-sided H0: D_s = 0, by |t|: for flags on slices that do not block. */
export function maxTDifferent(family: readonly FamilyMember[]): Float64Array {
  return stepDown(
    family.map((member) => Math.abs(studentise(member.paired.difference, member.paired.standardError))),
    family.map((member) => member.resampled),
    Math.abs,
  );
}

function stepDown(
  observed: readonly number[],
  resampled: readonly Resampled[],
  orient: (t: number) => number,
): Float64Array {
  const count = resampled[0]?.shift.length ?? 0;
  const fill = (s: number, out: Float64Array): void => {
    const { shift, standardError } = resampled[s]!;
    for (let b = 0; b < count; b++) out[b] = orient(studentise(shift[b]!, standardError[b]!));
  };
  return maxTByHypothesis(count, fill, observed).adjusted;
}
