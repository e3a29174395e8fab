import { conversions } from "./conversions.ts";
import { type Cell, columnsOf, evaluate } from "./expression.ts";
import type { Cause, DifferingRows } from "./cause.ts";

/** What numbers are rounded to, most usual first. */
const steps = [1, 0.1, 0.01, 0.5, 10, 0.001, 5, 100, 1000] as const;
/** Rows on which a candidate must hold before all are tried. */
const firstRows = 200;
const worthTrying = 0.7;
/** With fewer rows a coarse step explains anything. */
const fewestRows = 5;

/**
 * Rounding to a step, of an input or of the result, as it is or in another unit: the logged value must be what one of
 * the two neighbouring multiples gives, so it does not matter how halves were rounded.
 */
export function roundedCauses(rows: DifferingRows): Cause[] {
  if (rows.logged.length < fewestRows) return [];
  const causes: Cause[] = [];
  const inputs = [...new Set(columnsOf(rows.expression))].filter((column) => !rows.isTime(column));
  const plain = { words: "", apply: (cell: Cell): Cell => cell };
  const changes = [plain, ...conversions.filter(({ cause }) => cause === "unit")];
  for (const place of [...inputs, null]) {
    for (const change of changes) {
      for (const step of steps) {
        const cause = roundedAt(rows, place, change, step);
        if (cause !== null) causes.push(cause);
      }
    }
  }
  return causes;
}

type Way = "down" | "up";

function roundedAt(
  rows: DifferingRows,
  place: string | null,
  change: { readonly words: string; apply(cell: Cell): Cell },
  step: number,
): Cause | null {
  const ways = { down: 0, up: 0, nearest: 0, towardsZero: 0 };
  let hits = 0;
  const look = (i: number): void => {
    const before = change.apply(place === null ? rows.expected[i]! : rows.raw(place, i));
    if (typeof before !== "number" || !Number.isFinite(before)) return;
    const way = wayOf(before, step, (value) => rows.same(valueWith(rows, place, i, value), rows.logged[i]!));
    if (way === null) return;
    hits++;
    const part = before / step - Math.floor(before / step);
    if (way === "down") ways.down++;
    else ways.up++;
    if (Math.abs(part - 0.5) < 1e-6 || part < 0.5 === (way === "down")) ways.nearest++;
    if (before >= 0 === (way === "down")) ways.towardsZero++;
  };
  const all = rows.logged.length;
  const first = Math.min(all, firstRows);
  // Rows from everywhere, so that the first ones in time do not decide alone.
  const stride = Math.floor(all / first);
  for (let i = 0; i < first; i++) look(i * stride);
  if (hits < worthTrying * first) return null;
  if (first < all) {
    Object.assign(ways, { down: 0, up: 0, nearest: 0, towardsZero: 0 });
    hits = 0;
    for (let i = 0; i < all; i++) look(i);
  }
  const most = (count: number): boolean => count >= 0.99 * hits;
  const how = most(ways.nearest)
    ? "rounded"
    : most(ways.towardsZero)
      ? "cut"
      : most(ways.down)
        ? "rounded down"
        : most(ways.up)
          ? "rounded up"
          : "rounded";
  const to = step === 1 ? "whole numbers" : `multiples of ${step}`;
  const unit = change.words === "" ? "" : `${change.words} and `;
  const sentence =
    place === null ? `${rows.feature} was logged ${unit}${how} to ${to}` : `${place} was taken ${unit}${how} to ${to}`;
  // Rounding alone is the simpler answer, and a coarser step the less likely one.
  const doubt = change.words === "" ? 1 : 0.999;
  return { kind: change.words === "" ? "rounding" : "unit", sentence, explains: (hits / all) * doubt };
}

function wayOf(before: number, step: number, gives: (value: number) => boolean): Way | null {
  const down = Math.floor(before / step + 1e-9);
  const multiple = (count: number): number => (step < 1 ? count / Math.round(1 / step) : count * step);
  if (gives(multiple(down))) return "down";
  return gives(multiple(down + 1)) ? "up" : null;
}

function valueWith(rows: DifferingRows, place: string | null, i: number, value: number): Cell {
  if (place === null) return value;
  return evaluate(rows.expression, (column) => (column === place ? value : rows.raw(column, i)));
}

/** The feature held between bounds that the transformation does not have: many values on one end of the right ones. */
export function clippedCauses(rows: DifferingRows): Cause[] {
  const counts = new Map<number, number>();
  for (const cell of rows.logged) if (typeof cell === "number") counts.set(cell, (counts.get(cell) ?? 0) + 1);
  const [bound, count] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [0, 0];
  if (count < 3) return [];
  let above = 0;
  let below = 0;
  const different = new Set<Cell>();
  rows.expected.forEach((right, i) => {
    if (rows.logged[i] !== bound || typeof right !== "number") return;
    different.add(right);
    if (right > bound) above++;
    else below++;
  });
  if (different.size < 2) return [];
  const all = rows.logged.length;
  const sentence = (words: string): string => `${rows.feature} was ${words} ${bound}`;
  return [
    { kind: "clipping", sentence: sentence("cut off above"), explains: below === 0 ? above / all : 0 },
    { kind: "clipping", sentence: sentence("cut off below"), explains: above === 0 ? below / all : 0 },
  ];
}

/** An input that was left out of the transformation: it counts as 1 or as 0. */
export function leftOutCauses(rows: DifferingRows): Cause[] {
  const inputs = [...new Set(columnsOf(rows.expression))];
  if (inputs.length < 2) return [];
  return inputs.flatMap((input) =>
    [1, 0].map((constant): Cause => {
      let hits = 0;
      rows.logged.forEach((logged, i) => {
        const value = evaluate(rows.expression, (column) => (column === input ? constant : rows.raw(column, i)));
        if (rows.same(value, logged)) hits++;
      });
      return {
        kind: "left out",
        sentence: `${input} was left out of ${rows.feature} (as if it were ${constant})`,
        explains: hits / rows.logged.length,
      };
    }),
  );
}
