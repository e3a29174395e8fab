import type { TableCheck, TableFinding } from "../check.ts";
import { finding, thousands } from "../check-finding.ts";
import type { ColumnFacts } from "../column-facts.ts";
import { type ColumnContract, severityFor } from "../contract.ts";
import { columnNamed } from "../table-facts.ts";
import { knownFactors } from "../unit-factors.ts";
import { figure } from "../words.ts";
import { dateForms } from "../cell-form.ts";
import { countIn } from "../column-facts.ts";

/** A whole column multiplied by a constant, or moved by a temperature scale. */
export const unitCheck: TableCheck = {
  kind: "table",
  name: "unit",
  group: "reference",
  severity: "error",
  says: "The whole distribution of a column is the reference's times a constant (minutes for hours, month for year), or in another temperature scale: the ratios of the quantiles agree within a few percent and are far from 1. A ratio that no known unit explains must be at least 3 and agree more closely. Needs 30 rows.",
  run({ facts, contract }) {
    return (contract?.columns ?? []).flatMap((column) => {
      const seen = columnNamed(facts, column.name);
      const severity = severityFor("unit", "error", contract, column);
      if (seen === null || severity === "off" || contract!.key.includes(column.name)) return [];
      const found = scaled(column, seen);
      if (found === null) return [];
      const result: TableFinding = {
        ...finding({
          check: "unit",
          severity,
          column: column.name,
          count: seen.rows,
          message: `${column.name}: ${found}`,
        }),
        explains: { columns: [column.name], checks: ["range", "values", "proportions", "type-detail"] },
      };
      return [result];
    });
  },
};

function scaled(column: ColumnContract, seen: ColumnFacts): string | null {
  const before = column.reference?.quantiles;
  const now = seen.numbers?.quantiles;
  if (before === null || before === undefined || now === undefined || seen.numbers!.count < 30) return null;
  if (countIn(seen, dateForms) > 0 || column.reference!.distinct < 5 || column.reference!.rows < 30) return null;
  // Far from zero a temperature scale looks like a factor, and the other way round: the closer one is named.
  const found = [constantFactor(before, now), aroundZero(before, now), temperature(before, now)].filter(
    (one) => one !== null,
  );
  return found.toSorted((a, b) => a.error - b.error)[0]?.says ?? null;
}

/** What was done to a column, and the mean distance of its quantiles from that, in widths of the column. */
interface Explained {
  readonly says: string;
  readonly error: number;
}

function distance(before: readonly number[], now: readonly number[], to: (value: number) => number): number {
  const width = Math.abs(now[19]! - now[1]!) || 1;
  return before.slice(1, 20).reduce((sum, value, i) => sum + Math.abs(to(value) - now[i + 1]!), 0) / 19 / width;
}

function constantFactor(before: readonly number[], now: readonly number[]): Explained | null {
  const ratios: number[] = [];
  const levels = new Set<number>();
  for (let i = 1; i < 20; i++) {
    if ((before[i] === 0) !== (now[i] === 0)) return null;
    if (before[i] === 0) continue;
    ratios.push(now[i]! / before[i]!);
    levels.add(before[i]!);
  }
  if (ratios.length < 5 || levels.size < 3) return null;
  const sorted = [...ratios].sort((a, b) => a - b);
  const ratio = sorted[Math.floor(sorted.length / 2)]!;
  if (!(ratio > 0)) {
    const says = signFlip(ratio, ratios, before, now);
    return says === null ? null : { says, error: 0 };
  }
  const spread = ratios.reduce((sum, each) => sum + Math.abs(Math.log(each / ratio)), 0) / ratios.length;
  const off = (factor: number): number =>
    Math.min(Math.abs(Math.log(ratio / factor)), Math.abs(Math.log(ratio * factor)));
  const known = knownFactors
    .filter(([factor]) => near(ratio, factor) || near(1 / ratio, factor))
    .toSorted((a, b) => off(a[0]) - off(b[0]))[0];
  const size = Math.abs(Math.log(ratio));
  const limit = known === undefined ? 0.03 : 0.08;
  if (!(spread <= limit) || size < (known === undefined ? Math.log(3) : 0.4) || size < 8 * spread) return null;
  const factor = ratio >= 1 ? `a constant ${figure(round(ratio))}` : `a constant 1/${figure(round(1 / ratio))}`;
  const why =
    known === undefined
      ? "unit mistake?"
      : `unit mistake? ${known[1]}${near(1 / ratio, known[0]) ? ", the other way round" : ""}`;
  return {
    says: `whole distribution scaled, median ${figure(now[10]!)} against ${figure(before[10]!)}; ratio is ${factor} (${why})`,
    error: distance(before, now, (value) => value * ratio),
  };
}

/**
 * Values on both sides of zero: ratios of quantiles near zero say nothing, so a line through zero is laid over all of
 * them. Calm times scale such columns too: a ratio must be seven at least, and eight where no known unit explains it.
 */
function aroundZero(before: readonly number[], now: readonly number[]): Explained | null {
  if (!(before[2]! < 0 && before[18]! > 0)) return null;
  const ratio = (now[18]! - now[2]!) / (before[18]! - before[2]!);
  if (!(ratio > 0)) return null;
  const known = knownFactors.find(([factor]) => near(ratio, factor) || near(1 / ratio, factor));
  const size = Math.abs(Math.log(ratio));
  if (size < Math.log(known === undefined ? 8 : 6.9)) return null;
  const error = distance(before, now, (value) => value * ratio);
  if (error > 0.04) return null;
  const factor = ratio >= 1 ? figure(round(ratio)) : `1/${figure(round(1 / ratio))}`;
  return {
    says: `whole distribution scaled, 10% to 90% is ${figure(now[2]!)} to ${figure(now[18]!)} against ${figure(before[2]!)} to ${figure(before[18]!)}; ratio is a constant ${factor} (unit mistake?${known === undefined ? "" : ` ${known[1]}`})`,
    error,
  };
}

function signFlip(
  ratio: number,
  ratios: readonly number[],
  before: readonly number[],
  now: readonly number[],
): string | null {
  if (!(Math.abs(ratio + 1) < 0.05)) return null;
  const spread = ratios.reduce((sum, each) => sum + Math.abs(each + 1), 0) / ratios.length;
  return spread < 0.08 ? `the sign is turned, median ${figure(now[10]!)} against ${figure(before[10]!)}` : null;
}

function near(ratio: number, factor: number): boolean {
  return Math.abs(Math.log(ratio / factor)) < 0.05;
}

function round(value: number): number {
  const whole = Math.round(value);
  return Math.abs(value - whole) < 0.02 * value && whole > 0 ? whole : Number(value.toPrecision(3));
}

/** Celsius, Fahrenheit and Kelvin: a straight line through all quantiles with the known slope and offset. */
function temperature(before: readonly number[], now: readonly number[]): Explained | null {
  const scales: readonly [string, number, number][] = [
    ["Fahrenheit for Celsius", 1.8, 32],
    ["Celsius for Fahrenheit", 1 / 1.8, -32 / 1.8],
    ["Kelvin for Celsius", 1, 273.15],
    ["Celsius for Kelvin", 1, -273.15],
  ];
  const width = before[19]! - before[1]!;
  if (!(width > 0)) return null;
  for (const [name, slope, offset] of scales) {
    const error =
      before.slice(1, 20).reduce((sum, value, i) => sum + Math.abs(value * slope + offset - now[i + 1]!), 0) / 19;
    const shift = before.slice(1, 20).reduce((sum, value, i) => sum + Math.abs(value - now[i + 1]!), 0) / 19;
    if (error < 0.1 * width * slope && shift > 10 * error && shift > width * 0.3) {
      return {
        says: `whole distribution moved, median ${figure(now[10]!)} against ${figure(before[10]!)}: ${name}? (unit mistake; ${thousands(19)} quantiles agree)`,
        error: distance(before, now, (value) => value * slope + offset),
      };
    }
  }
  return null;
}
