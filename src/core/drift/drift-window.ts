import type { Profile } from "../profile/profile.ts";

/** Rows of a period, or of a run of rows without times. */
export interface DriftWindow {
  readonly from: number | null;
  readonly to: number | null;
  readonly profile: Profile;
}
