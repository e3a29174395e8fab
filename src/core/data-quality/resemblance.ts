import { dateForms } from "./cell-form.ts";
import { type ColumnFacts, countIn } from "./column-facts.ts";
import type { ColumnReference } from "./contract.ts";
import type { TableFacts } from "./table-facts.ts";

/**
 * How much a column looks like a reference, 0 to 1: for numbers one minus the mean distance of the 21 quantiles in
 * units of the reference's 5 %–95 % width (a proxy of the Wasserstein distance), for texts the overlap of the
 * frequency tables (one minus total variation).
 */
export function resemblance(column: ColumnFacts, facts: TableFacts, reference: ColumnReference): number {
  if (countIn(column, dateForms) > column.rows / 2) return 0;
  if (reference.quantiles !== null) return numberResemblance(column, reference.quantiles);
  if (reference.top === null) return 0;
  return textResemblance(column, facts.rows, reference.top);
}

export function numberResemblance(column: ColumnFacts, quantiles: readonly number[]): number {
  const own = column.numbers?.quantiles;
  if (own === undefined || column.numbers!.count < column.rows * 0.5) return 0;
  const width = quantiles[19]! - quantiles[1]!;
  const ends = quantiles[20]! - quantiles[0]!;
  const scale = width > 0 ? width : ends > 0 ? ends : Math.abs(quantiles[10]!) || 1;
  let distance = 0;
  for (let i = 1; i < 20; i++) distance += Math.min(1, Math.abs(own[i]! - quantiles[i]!) / scale);
  return 1 - distance / 19;
}

function textResemblance(column: ColumnFacts, rows: number, top: Readonly<Record<string, number>>): number {
  let overlap = 0;
  for (const [text, count] of column.texts.counts) overlap += Math.min(count / Math.max(1, rows), top[text] ?? 0);
  const total = Object.values(top).reduce((sum, share) => sum + share, 0);
  return total < 0.5 ? 0 : overlap / total;
}
