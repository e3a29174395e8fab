import type { Profile } from "../profile/profile.ts";

/** Why a column is not judged; null for columns that are. */
export function notJudgedReason(profile: Profile, index: number): string | null {
  const frame = profile.frame.columns[index]!;
  if (frame.identifier) return "an identifier: its values do not repeat, so they cannot drift";
  if (frame.kind === "time") return "a time: it moves by itself; freshness is a matter of umpire check";
  return null;
}

export function judgedColumns(profile: Profile): number[] {
  return profile.frame.columns.map((_, index) => index).filter((index) => notJudgedReason(profile, index) === null);
}
