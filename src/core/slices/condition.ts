/**
 * A condition on the columns of a prediction: the one definition behind a slice (mask), a cohort (predicate on a
 * request) and a segment (SQL on any engine). This file is the form; `condition-*.ts` compile it.
 *
 * Truth is two-valued: a comparison with null is false, so `not` of it is true; null is asked for by `{ null: true }`.
 */
export type Scalar = string | number | boolean;

export type Condition =
  | { readonly kind: "is"; readonly column: string; readonly values: readonly Scalar[] }
  | { readonly kind: "range"; readonly column: string; readonly range: Range }
  | { readonly kind: "null"; readonly column: string; readonly isNull: boolean }
  | { readonly kind: "all"; readonly of: readonly Condition[] }
  | { readonly kind: "any"; readonly of: readonly Condition[] }
  | { readonly kind: "not"; readonly of: Condition };

/** `from` and `to` include their bound, `above` and `below` do not. Times are milliseconds since 1970 UTC. */
export interface Range {
  readonly from?: number;
  readonly to?: number;
  readonly above?: number;
  readonly below?: number;
}
