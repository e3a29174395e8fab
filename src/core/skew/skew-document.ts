import type { Note } from "../findings.ts";
import type { FeatureSkew } from "./compare-features.ts";

/** The document of `umpire skew --json`, schema "umpire.skew/1". */
export interface SkewDocument {
  readonly schema: "umpire.skew/1";
  readonly outcome: "no-skew" | "skew";
  readonly reason: string;
  readonly raw: { readonly files: readonly string[]; readonly rows: number };
  readonly logged: { readonly files: readonly string[]; readonly rows: number };
  readonly rows: {
    readonly joined: number;
    readonly only_raw: number;
    readonly only_logged: number;
    readonly repeated: number;
  };
  /** Joined rows with at least one feature that differs. */
  readonly affected_rows: number;
  readonly affected_share: number;
  /** Share of affected rows that is accepted. */
  readonly limit: number;
  readonly tolerance: number;
  readonly features: readonly FeatureSkew[];
  readonly notes: readonly Note[];
}

/** The first line of the answer. */
export function skewReason(features: readonly FeatureSkew[], joined: number): string {
  const bad = features.filter((feature) => feature.differing > 0);
  const first = bad[0];
  if (first === undefined)
    return `all ${features.length} features of ${joined.toLocaleString("en-US")} rows are as they should be`;
  const since = first.since === null ? "" : ` since ${first.since.slice(0, 10)}`;
  const share = first.share_since === null ? "" : ` (${(100 * first.share_since).toFixed(1)}% of the rows${since})`;
  const cause = first.cause === null || first.cause.kind === "unknown" ? "" : `: ${first.cause.sentence}`;
  const more = bad.length > 1 ? `; ${bad.length - 1} more features differ` : "";
  return `${first.name} is wrong on ${first.differing.toLocaleString("en-US")} rows${share}${cause}${more}`;
}
