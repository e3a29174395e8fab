import type { Condition } from "./condition.ts";
import type { Period } from "./periods.ts";
import type { Costs } from "./slice.ts";

/** One entry under `slices:` of a policy. Planning turns it into slices over the data at hand. */
export interface SliceEntry {
  readonly name: string;
  readonly form: SliceForm;
  readonly weight: number;
  readonly blocking: boolean;
  readonly margin: number;
  readonly costs?: Costs;
  /** `each` and `cross`: true splits the weight by rows instead of giving it to every value. */
  readonly share: boolean;
  /** `each` and `cross`: the most slices that the entry may make. */
  readonly limit: number;
}

export type SliceForm =
  | { readonly kind: "where"; readonly where: Condition; readonly last?: LastWindow }
  | { readonly kind: "last"; readonly last: LastWindow }
  | { readonly kind: "each"; readonly by: Dimension }
  | { readonly kind: "cross"; readonly by: readonly Dimension[] };

/** Rows at most this much older than the newest row of the data. */
export interface LastWindow {
  readonly column: string;
  readonly milliseconds: number;
  /** As written: `7d`. */
  readonly text: string;
}

/** A column whose values become slices: as they are, in bands of a number, or in periods of a time. */
export type Dimension =
  | { readonly column: string; readonly by: "value" }
  | { readonly column: string; readonly by: "edges"; readonly edges: readonly number[] }
  | { readonly column: string; readonly by: "quantiles"; readonly quantiles: number }
  | { readonly column: string; readonly by: "period"; readonly period: Period };

export const DEFAULT_SLICE_LIMIT = 200;

/** Units of a span of time in a policy: `30s`, `90m`, `24h`, `7d`, `4w`. */
const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Milliseconds of `7d`, `24h`, `4w`, `90m`, `30s`; null for anything else, zero included. */
export function parseSpan(text: string): number | null {
  const found = /^(\d+(?:\.\d+)?)\s*([smhdw])$/.exec(text.trim());
  if (found === null) return null;
  const milliseconds = Number(found[1]) * UNITS[found[2]!]!;
  return milliseconds > 0 && Number.isFinite(milliseconds) ? milliseconds : null;
}

/** The columns of `each` or `cross`; none for other forms. */
export function dimensionsOf(form: SliceForm): readonly Dimension[] {
  if (form.kind === "each") return [form.by];
  return form.kind === "cross" ? form.by : [];
}
