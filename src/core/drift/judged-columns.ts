import type { Profile } from "../profile/profile.ts";

/** Columns that cannot be compared although both sides have them, with the reason. */
export type LostColumns = ReadonlyMap<string, string>;

/** Why a column is not judged; null for columns that are. */
export function notJudgedReason(
  reference: Profile,
  current: Profile,
  index: number,
  lost: LostColumns = new Map(),
): string | null {
  const frame = reference.frame.columns[index]!;
  const why = lost.get(frame.name);
  if (why !== undefined) return why;
  if (isAbsent(reference, index)) return "not in the reference";
  if (isAbsent(current, index)) return "not in the current rows";
  if (frame.identifier) return "an identifier: its values do not repeat, so they cannot drift";
  if (frame.kind === "time") return "a time: it moves by itself; freshness is a matter of umpire check";
  return null;
}

/** True when the profile has rows, but none of them had the column. */
export function isAbsent(profile: Profile, index: number): boolean {
  return profile.rows > 0 && profile.columns[index]!.rows === 0;
}

export function judgedColumns(reference: Profile, current: Profile, lost: LostColumns = new Map()): number[] {
  return reference.frame.columns
    .map((_, index) => index)
    .filter((index) => notJudgedReason(reference, current, index, lost) === null);
}
