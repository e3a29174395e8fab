import type { ColumnReference, ColumnType } from "../../core/data-quality/contract.ts";
import type { Frame } from "../../core/profile/frame.ts";
import type { Profile } from "../../core/profile/profile.ts";

/** What each accepted load leaves: volume, freshness, schema, distribution and lineage. Its profile lies beside it. */
export interface Load {
  /** When it was accepted, milliseconds since 1970. */
  readonly at: number;
  readonly file: string;
  /** SHA-256 of the file. */
  readonly fingerprint: string;
  readonly contractVersion: number;
  readonly contractFingerprint: string | null;
  readonly outcome: "ok" | "warning" | "error";
  readonly rows: number;
  readonly accepted: number;
  readonly quarantined: number;
  /** Oldest and newest time of the contract's time column. */
  readonly oldest: number | null;
  readonly newest: number | null;
  readonly columns: readonly (ColumnReference & { readonly name: string; readonly type: ColumnType })[];
  /** Frame of its profile; null where none was made. */
  readonly frame: string | null;
}

/**
 * Accepted loads by contract, oldest first, each with a profile; profiles of one contract count on one frame, so that
 * they add. Keeping survives a crash: a load is there with its profile, or not at all.
 */
export interface LoadHistory {
  read(contract: string): Promise<Load[]>;
  /** The frame of this id, or null where it is not kept. */
  frame(contract: string, id: string): Promise<Frame | null>;
  /** Profiles of those of the loads that count on the frame. */
  profiles(contract: string, frame: Frame, loads: readonly Load[]): Promise<Profile[]>;
  /**
   * Keeps a load; the same file checked twice is one.
   * @param time the contract's time column
   */
  append(contract: string, load: Load, profile: Profile | null, time: string | null): Promise<void>;
}
