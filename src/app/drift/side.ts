import type { PeriodName } from "../../core/drift/periods.ts";
import type { Frame } from "../../core/profile/frame.ts";
import type { TableReader, TableSource } from "../ports/table-reader.ts";
import type { Collected } from "../profile/collect-profile.ts";
import type { SavedProfile } from "../profile/saved-profile.ts";

export interface SavedSide {
  readonly saved: SavedProfile;
  readonly path: string;
}

/** One side of a comparison: files, or profiles that were saved instead of them. */
export type Side = SavedSide | { readonly source: TableSource };

export interface DriftTools {
  readonly reader: TableReader;
  readonly progress: (what: string, rowsDone: number, rowsTotal: number | null) => void;
  readonly signal: AbortSignal;
}

export interface SideRequest {
  /** Frame to count on; null makes one from the rows. */
  readonly frame: Frame | null;
  readonly names: readonly string[];
  readonly time: string | null;
  readonly runRows: number | null;
  readonly by: PeriodName | null;
  readonly text: readonly string[];
  readonly limit: number;
  readonly tools: DriftTools;
  readonly what: string;
}

export type CollectedSide = Omit<Collected, "sample"> & {
  readonly sample: Collected["sample"] | null;
  /** Columns that cannot be compared, with the reason. */
  readonly lost: ReadonlyMap<string, string>;
  /** What the answer must say about how it was counted. */
  readonly says: readonly string[];
};
