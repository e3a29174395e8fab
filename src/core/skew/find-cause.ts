import { conversions, timeShifts } from "./conversions.ts";
import type { Cause, DifferingRows } from "./cause.ts";
import type { Cell } from "./expression.ts";
import { clippedCauses, leftOutCauses, roundedCauses } from "./rounded-causes.ts";
import { columnsOf, evaluate } from "./expression.ts";

/** A cause is named when it explains this share of the differing rows. */
const namedShare = 0.8;

/**
 * Tries mistakes that are known to happen, on the inputs of the transformation and on its result, and names the one that
 * explains most rows; the first of equals. `unknown` when none explains four fifths.
 */
export function findCause(rows: DifferingRows): Cause {
  const candidates = [
    ...missingCauses(rows),
    ...conversionCauses(rows),
    ...shiftCauses(rows),
    ...clippedCauses(rows),
    ...imputationCauses(rows),
    ...leftOutCauses(rows),
    ...swapCauses(rows),
    ...linearCauses(rows),
    ...encodingCauses(rows),
  ];
  let best: Cause | null = null;
  for (const candidate of candidates) if (best === null || candidate.explains > best.explains + 1e-9) best = candidate;
  if (best !== null && best.explains >= namedShare) return best;
  // Costly, and only of use where nothing plain explains the rows.
  for (const candidate of roundedCauses(rows)) {
    if (best === null || candidate.explains > best.explains + 1e-9) best = candidate;
  }
  if (best !== null && best.explains >= namedShare) return best;
  return { kind: "unknown", sentence: "no known mistake gives the logged values", explains: best?.explains ?? 0 };
}

function shareOf(rows: DifferingRows, matches: (position: number) => boolean): number {
  let count = 0;
  for (let i = 0; i < rows.logged.length; i++) if (matches(i)) count++;
  return count / Math.max(1, rows.logged.length);
}

function missingCauses(rows: DifferingRows): Cause[] {
  const explains = shareOf(rows, (i) => rows.logged[i] === null);
  return explains > 0
    ? [{ kind: "missing", sentence: `${rows.feature} was logged as missing although its inputs were there`, explains }]
    : [];
}

/** Each known conversion on each input, and on the result. */
function conversionCauses(rows: DifferingRows): Cause[] {
  const causes: Cause[] = [];
  for (const input of new Set(columnsOf(rows.expression))) {
    for (const conversion of rows.isTime(input) ? timeShifts : conversions) {
      const explains = shareOf(rows, (i) => {
        const value = evaluate(rows.expression, (column) => {
          const cell = rows.raw(column, i);
          return column === input ? conversion.apply(cell) : cell;
        });
        return rows.same(value, rows.logged[i]!) && !rows.same(value, rows.expected[i]!);
      });
      causes.push({ kind: conversion.cause, sentence: `${input} was taken ${conversion.words}`, explains });
    }
  }
  for (const conversion of conversions) {
    const explains = shareOf(rows, (i) => rows.same(conversion.apply(rows.expected[i]!), rows.logged[i]!));
    causes.push({ kind: conversion.cause, sentence: `${rows.feature} was logged ${conversion.words}`, explains });
  }
  return causes;
}

function shiftCauses(rows: DifferingRows): Cause[] {
  const explains = shareOf(rows, (i) => rows.before[i] !== undefined && rows.same(rows.before[i]!, rows.logged[i]!));
  return [
    {
      kind: "stale",
      sentence: `${rows.feature} holds the value of the row before (a stale or shifted join)`,
      explains,
    },
  ];
}

/** One value in place of many right ones, or wherever the input was missing. */
function imputationCauses(rows: DifferingRows): Cause[] {
  const counts = new Map<Cell, number>();
  for (const cell of rows.logged) if (cell !== null) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  const [value, count] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [null, 0];
  if (value === null) return [];
  const inputs = columnsOf(rows.expression);
  const missing = shareOf(
    rows,
    (i) => rows.logged[i] === value && inputs.some((column) => rows.raw(column, i) === null),
  );
  const where = missing > 0.5 ? "where the input was missing" : "whatever the input was";
  // One wrong row, or a constant right value, says nothing about a filled-in constant.
  if (missing <= 0.5 && (count < 3 || new Set(rows.expected).size < 2)) return [];
  const sentence = `${rows.feature} was filled with ${String(value)} ${where}`;
  return [{ kind: "imputation", sentence, explains: count / rows.logged.length }];
}

function swapCauses(rows: DifferingRows): Cause[] {
  return [...rows.others].map(([name, values]) => ({
    kind: "swapped" as const,
    sentence: `${rows.feature} holds the value of ${name} (swapped columns)`,
    explains: shareOf(rows, (i) => rows.same(values[i] ?? null, rows.logged[i]!)),
  }));
}

/** Constant ratio, constant difference, or a line through the pairs. */
function linearCauses(rows: DifferingRows): Cause[] {
  const pairs: Array<[number, number]> = [];
  for (let i = 0; i < rows.logged.length; i++) {
    const [a, b] = [rows.expected[i], rows.logged[i]];
    if (typeof a === "number" && typeof b === "number") pairs.push([a, b]);
  }
  if (pairs.length < 3 || new Set(pairs.map(([a]) => a)).size < 3) return [];
  const middle = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
  const factor = middle(pairs.filter(([a]) => a !== 0).map(([a, b]) => b / a));
  const offset = middle(pairs.map(([a, b]) => b - a));
  const sorted = pairs.toSorted((x, y) => x[0] - y[0]);
  const [low, high] = [sorted[0]!, sorted.at(-1)!];
  const slope = (high[1] - low[1]) / (high[0] - low[0]);
  const start = low[1] - slope * low[0];
  const explained = (change: (x: number) => number): number =>
    shareOf(rows, (i) => typeof rows.expected[i] === "number" && rows.same(change(rows.expected[i]!), rows.logged[i]!));
  return [
    {
      kind: "scale",
      sentence: `${rows.feature} was logged times ${digits(factor)}`,
      explains: explained((x) => x * factor),
    },
    {
      kind: "offset",
      sentence: `${rows.feature} was logged plus ${digits(offset)}`,
      explains: explained((x) => x + offset),
    },
    {
      kind: "scale",
      sentence: `${rows.feature} was logged as ${digits(slope)} times the right value plus ${digits(start)}`,
      explains: explained((x) => slope * x + start),
    },
  ];
}

/** Every right value always became the same other value: another encoding table. */
function encodingCauses(rows: DifferingRows): Cause[] {
  const table = new Map<Cell, Cell>();
  let consistent = 0;
  rows.expected.forEach((cell, i) => {
    if (!table.has(cell)) table.set(cell, rows.logged[i]!);
    if (table.get(cell) === rows.logged[i]) consistent++;
  });
  // As many table entries as rows would explain anything.
  if (table.size < 2 || table.size * 3 > rows.logged.length) return [];
  const shown = [...table].slice(0, 3).map(([from, to]) => `${String(from)} became ${String(to)}`);
  const sentence = `${rows.feature} was encoded by another table: ${shown.join(", ")}`;
  return [{ kind: "encoding", sentence, explains: (consistent / rows.logged.length) * 0.999 }];
}

function digits(value: number): string {
  return String(Number(value.toPrecision(6)));
}
