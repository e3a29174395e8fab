import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type ConditionRow,
  conditionRow,
  conditionSchemas,
  conditionTable,
} from "../../../test/arbitraries/conditions.ts";
import type { Column, Table } from "../tables/table.ts";
import { conditionMask } from "./condition-mask.ts";
import { withCodes } from "./grouping-source.ts";
import { planSlices } from "./plan-slices.ts";
import type { Dimension, SliceEntry, SliceForm } from "./slice-entry.ts";
import type { SlicePlan } from "./slice-plan.ts";

const columns = new Map(conditionSchemas.map((schema) => [schema.name, schema]));

const dimension: fc.Arbitrary<Dimension> = fc.oneof(
  fc.record({ column: fc.constantFrom("group", 'odd "name"', "flag", "age", "single"), by: fc.constant("value") }),
  fc.record({ column: fc.constant("age"), by: fc.constant("edges"), edges: fc.constant([-1, 0, 3]) }),
  fc.record({
    column: fc.constantFrom("ratio", "age", "single"),
    by: fc.constant("quantiles"),
    quantiles: fc.integer({ min: 2, max: 5 }),
  }),
  fc.record({
    column: fc.constant("at"),
    by: fc.constant("period"),
    period: fc.constantFrom("month", "week", "day", "weekday", "hour"),
  }),
) as fc.Arbitrary<Dimension>;

const byColumn = (one: Dimension): string => one.column;
const form: fc.Arbitrary<SliceForm> = fc.oneof(
  dimension.map((by): SliceForm => ({ kind: "each", by })),
  fc
    .uniqueArray(dimension, { minLength: 2, maxLength: 3, selector: byColumn })
    .map((by): SliceForm => ({ kind: "cross", by })),
  fc.constant<SliceForm>({ kind: "last", last: { column: "at", milliseconds: 7 * 86_400_000, text: "7d" } }),
);

const entryOf = (one: SliceForm, share = false): SliceEntry => ({
  name: "entry",
  form: one,
  weight: 0.5,
  blocking: false,
  margin: 0,
  share,
  limit: 5000,
});

/** Rows as blocks that share dictionaries, as the table reader gives them. */
function blocksOf(rows: readonly ConditionRow[], blockRows: number): Table[] {
  const whole = conditionTable(rows);
  const blocks: Table[] = [];
  for (let first = 0; first < rows.length; first += blockRows) {
    const count = Math.min(blockRows, rows.length - first);
    const columnsOfBlock = new Map<string, Column>();
    for (const [name, column] of whole.columns) {
      const nulls = column.nulls?.slice(first, first + count);
      if (column.kind === "category") {
        columnsOfBlock.set(name, { ...column, nulls, codes: column.codes.slice(first, first + count) });
      } else {
        columnsOfBlock.set(name, { ...column, nulls, values: column.values.slice(first, first + count) } as Column);
      }
    }
    blocks.push({ rows: count, firstRow: first, columns: columnsOfBlock });
  }
  return blocks;
}

const plan = (entries: readonly SliceEntry[], blocks: readonly Table[]): Promise<SlicePlan> =>
  planSlices({ entries, columns, ranking: false, after: new Set(), read: () => blocks });

const rowsLaw = fc.array(conditionRow, { minLength: 1, maxLength: 40 });

test("a row is in a generated slice exactly where the slice's own condition holds, in blocks of any size", async () => {
  await fc.assert(
    fc.asyncProperty(rowsLaw, form, fc.integer({ min: 1, max: 50 }), async (rows, one, blockRows) => {
      const blocks = blocksOf(rows, blockRows);
      const made = await plan([entryOf(one)], blocks);
      for (const block of blocks) {
        const grouping = withCodes(made.groupings(block)[0]!);
        for (const [index, place] of grouping.slices.entries()) {
          const mask = conditionMask(made.slices[place]!.where!, block);
          expect(Array.from(grouping.codes, (code) => Number(code === index))).toEqual(Array.from(mask));
        }
      }
    }),
    { numRuns: 300, seed: 6 },
  );
});

test("each and cross put every row in exactly one slice, make no empty slice, and share their weight by rows", async () => {
  await fc.assert(
    fc.asyncProperty(rowsLaw, form, async (rows, one) => {
      fc.pre(one.kind !== "last");
      const table = conditionTable(rows);
      const made = await plan([entryOf(one, true)], [table]);
      const { codes, none } = withCodes(made.groupings(table)[0]!);
      expect(Array.from(codes)).not.toContain(none);
      const counts = made.slices.map((_, index) => codes.filter((code) => code === index).length);
      expect(counts.every((count) => count > 0)).toBe(true);
      for (const [index, slice] of made.slices.entries()) {
        expect(slice.weight).toBeCloseTo((0.5 * counts[index]!) / rows.length, 12);
      }
    }),
    { numRuns: 200, seed: 7 },
  );
});

test("the plan is the same however the rows are cut into blocks, and a frozen plan repeats it", async () => {
  await fc.assert(
    fc.asyncProperty(rowsLaw, form, fc.integer({ min: 1, max: 20 }), async (rows, one, blockRows) => {
      const blocks = blocksOf(rows, blockRows);
      const whole = await plan([entryOf(one)], [conditionTable(rows)]);
      const cut = await plan([entryOf(one)], blocks);
      expect(cut.slices).toEqual(whole.slices);
      const again = await planSlices({
        entries: [entryOf(one)],
        columns,
        ranking: false,
        after: new Set(),
        learnt: whole.learnt,
        read: () => blocks,
      });
      expect(again.slices).toEqual(whole.slices);
      expect(again.learnt).toEqual(whole.learnt);
    }),
    { numRuns: 150, seed: 8 },
  );
});

test("a block longer than one chunk is grouped to its last row", async () => {
  const few = fc.sample(conditionRow, { numRuns: 997, seed: 9 });
  const rows = Array.from({ length: 40_000 }, (_, row) => few[(row * 31) % few.length]!);
  const table = conditionTable(rows);
  const by: readonly Dimension[] = [
    { column: "group", by: "value" },
    { column: "age", by: "quantiles", quantiles: 3 },
    { column: "flag", by: "value" },
  ];
  const forms: readonly SliceForm[] = [
    { kind: "each", by: by[0]! },
    { kind: "cross", by: by.slice(0, 2) },
    { kind: "cross", by },
  ];
  const entries = forms.map((one, index) => ({ ...entryOf(one), name: `entry ${index}` }));
  const made = await plan(entries, [table]);
  for (const grouping of made.groupings(table)) {
    const { codes } = withCodes(grouping);
    for (const [index, place] of grouping.slices.entries()) {
      const mask = conditionMask(made.slices[place]!.where!, table);
      expect(codes.every((code, row) => (code === index) === (mask[row] === 1))).toBe(true);
    }
  }
});
