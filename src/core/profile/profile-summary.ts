import { missingRows } from "./column-profile.ts";
import type { Profile } from "./profile.ts";
import { distinctStandardError } from "./hyperloglog.ts";
import { distinctValues, momentSummary, profileQuantile, topValues, unseenRows } from "./summary.ts";
import type { TopValue } from "./summary.ts";
import { languages } from "./text-features.ts";

/** What people and charts read of a column; everything here can be recomputed from the packed profile. */
export interface ColumnSummary {
  readonly name: string;
  readonly kind: string;
  readonly identifier: boolean;
  readonly rows: number;
  readonly missing: number;
  readonly infinite: number;
  /** Estimated with this standard error, as a share; 0 where the count is exact. */
  readonly distinct: number;
  readonly distinct_error: number;
  readonly mean: number | null;
  readonly sd: number | null;
  readonly skewness: number | null;
  readonly kurtosis: number | null;
  readonly minimum: number | null;
  readonly maximum: number | null;
  /** Off by at most `quantile_error` of the rows. */
  readonly quantiles: Readonly<Record<string, number | null>>;
  readonly quantile_error: number;
  readonly top: readonly TopValue[];
  readonly never_seen: number;
  readonly text: {
    readonly words: number;
    readonly unknown_words: number;
    readonly languages: Readonly<Record<string, number>>;
  } | null;
}

const quantiles = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];

export function summariseProfile(profile: Profile): ColumnSummary[] {
  return profile.columns.map((column): ColumnSummary => {
    const hasRange = column.min <= column.max;
    const distinct = distinctValues(column);
    const isCategory = column.frame.kind === "category" || column.frame.kind === "boolean";
    return {
      name: column.frame.name,
      kind: column.frame.kind,
      identifier: column.frame.identifier,
      rows: column.rows,
      missing: missingRows(column),
      infinite: column.plusInfinity + column.minusInfinity,
      distinct,
      distinct_error: isCategory && distinct <= 1000 ? 0 : distinctStandardError,
      ...momentSummary(column),
      minimum: hasRange ? column.min : null,
      maximum: hasRange ? column.max : null,
      quantiles: Object.fromEntries(quantiles.map((q) => [String(q), profileQuantile(column, q)])),
      quantile_error: largestBin(column.counts, column.frame),
      top: topValues(column, 10),
      never_seen: unseenRows(column),
      text:
        column.text === null
          ? null
          : {
              words: column.text.words,
              unknown_words: column.text.unknownWords,
              languages: Object.fromEntries(
                languages
                  .map((name, i) => [name, column.text!.byLanguage[i]!] as const)
                  .filter(([, count]) => count > 0),
              ),
            },
    };
  });
}

/** Share of rows in the fullest fine bin that holds more than one value. */
function largestBin(counts: Float64Array, frame: Profile["columns"][number]["frame"]): number {
  if (frame.kind === "category" || frame.kind === "boolean") return 0;
  let largest = 0;
  let total = 0;
  counts.forEach((count, bin) => {
    total += count;
    const isAtom = frame.kind !== "text" && "atoms" in frame && !Number.isNaN(frame.atoms[bin]);
    if (!isAtom) largest = Math.max(largest, count);
  });
  return total > 0 ? largest / total : 0;
}
