import { form } from "./cell-form.ts";
import type { SampledColumn } from "./row-sample.ts";

/** Rows of the (random) sample that are compared: enough to tell a leak, cheap for many columns. */
const rowsCompared = 3000;

/**
 * Spearman's rank correlation of a numeric column with the label over the sampled rows where both are numbers; null
 * with fewer than 30 such rows or where one is constant. For a binary label it is a monotone map of 2·AUC − 1.
 */
export function rankCorrelation(column: SampledColumn, label: SampledColumn): number | null {
  const rows: number[] = [];
  for (let row = 0; row < Math.min(column.numbers.length, rowsCompared); row++) {
    if (Number.isFinite(column.numbers[row]!) && Number.isFinite(label.numbers[row]!)) rows.push(row);
  }
  if (rows.length < 30) return null;
  const x = ranks(rows.map((row) => column.numbers[row]!));
  const y = ranks(rows.map((row) => label.numbers[row]!));
  const mean = (rows.length - 1) / 2;
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < rows.length; i++) {
    const [dx, dy] = [x[i]! - mean, y[i]! - mean];
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  return xx === 0 || yy === 0 ? null : xy / Math.sqrt(xx * yy);
}

/** Mid-ranks from 0. */
function ranks(values: readonly number[]): Float64Array {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const result = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let i = start; i < end; i++) result[order[i]!] = (start + end - 1) / 2;
    start = end;
  }
  return result;
}

/**
 * How far the value of one column tells the label: the share of sampled rows that are guessed right when each distinct
 * value (numbers: each of up to 20 equally filled ranges) answers its most frequent label, and the share that the most
 * frequent label alone gets. Null with fewer than 30 rows, or where values hardly repeat.
 */
export function tellsLabel(column: SampledColumn, label: SampledColumn): { right: number; base: number } | null {
  const groups = new Map<string, Map<string, number>>();
  const totals = new Map<string, number>();
  const bucket = bucketOf(column);
  let rows = 0;
  for (let row = 0; row < Math.min(column.forms.length, rowsCompared); row++) {
    if (label.forms[row]! <= form.nullWord) continue;
    const name = bucket(row);
    const answer = label.texts[row] ?? "";
    rows++;
    totals.set(answer, (totals.get(answer) ?? 0) + 1);
    const group = groups.get(name) ?? new Map<string, number>();
    group.set(answer, (group.get(answer) ?? 0) + 1);
    groups.set(name, group);
  }
  if (rows < 30 || groups.size > rows / 5 || totals.size < 2 || totals.size > 50) return null;
  let right = 0;
  for (const group of groups.values()) right += Math.max(...group.values());
  return { right: right / rows, base: Math.max(...totals.values()) / rows };
}

function bucketOf(column: SampledColumn): (row: number) => string {
  const numbers = column.numbers
    .slice(0, rowsCompared)
    .filter((value) => value === value)
    .sort();
  const distinct = new Set(numbers);
  if (numbers.length < Math.min(column.forms.length, rowsCompared) * 0.5 || distinct.size <= 50) {
    return (row) => (column.forms[row]! <= form.nullWord ? "" : (column.texts[row] ?? ""));
  }
  const edges = Array.from({ length: 19 }, (_, i) => numbers[Math.floor((numbers.length * (i + 1)) / 20)]!);
  return (row) => {
    const value = column.numbers[row]!;
    return value === value ? String(edges.findIndex((edge) => value < edge)) : "";
  };
}
