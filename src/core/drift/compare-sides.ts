import type { Note } from "../findings.ts";
import type { Profile } from "../profile/profile.ts";
import type { RowSample } from "../profile/row-sample.ts";
import type { DriftWindow } from "./drift-window.ts";
import type { SideFacts } from "./drift-document.ts";
import type { ExpectedEvent } from "./events.ts";
import type { LostColumns } from "./judged-columns.ts";
import type { PeriodName, SeasonName } from "./periods.ts";

export interface CompareSide {
  readonly facts: SideFacts;
  readonly whole: Profile;
  /** Rows, all or an even sample; null when only a saved profile is at hand. */
  readonly sample: RowSample | null;
  /** Finite values of a column, ascending, when all rows are at hand. */
  readonly sorted: (name: string) => Float64Array | null;
  /** Windows in time order (or row order) for surprise: periods with `by`, runs of rows as long as the current side without. */
  readonly windows: readonly DriftWindow[];
  /** Windows for `since`; any length. */
  readonly trail: readonly DriftWindow[];
}

export interface CompareOptions {
  readonly alpha: number;
  readonly floor: number;
  readonly by: PeriodName | null;
  /** Length of the trail's windows, where they are periods. */
  readonly trailBy: PeriodName | null;
  readonly season: SeasonName | "auto";
  readonly events: readonly ExpectedEvent[];
  /** How much the model leans on a column; any unit. Empty when unknown. */
  readonly importance: ReadonlyMap<string, number>;
  /** Whether periods with few rows are a finding: not where the reference is a sample of another size. */
  readonly volume?: boolean;
  /** Columns that are not judged because the sides cannot be counted alike. */
  readonly lost?: LostColumns;
  readonly seed: number;
  readonly onlyInReference: readonly string[];
  readonly onlyInCurrent: readonly string[];
  readonly notes: readonly Note[];
}
