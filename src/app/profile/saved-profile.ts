import type { Frame } from "../../core/profile/frame.ts";
import type { Profile } from "../../core/profile/profile.ts";
import type { ProfileDocument } from "../../core/profile/profile-document.ts";

/** A profile that was kept instead of rows: one profile a period. */
export interface SavedProfile {
  readonly document: ProfileDocument;
  readonly frame: Frame;
  readonly profiles: readonly Profile[];
  /** Loads of the folder that count on another frame and are left out. */
  readonly otherFrames?: number;
}
