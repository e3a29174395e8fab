import fc from "fast-check";
import type { Condition, Range } from "../../src/core/slices/condition.ts";
import type { Column, ColumnSchema, Table } from "../../src/core/tables/table.ts";

/** One row as a request would carry it. */
export interface ConditionRow {
  readonly group: string | null;
  readonly 'odd "name"': string | null;
  readonly age: number | null;
  readonly ratio: number | null;
  readonly single: number | null;
  readonly flag: boolean | null;
  readonly at: number | null;
}

export const conditionSchemas: readonly ColumnSchema[] = [
  { name: "group", kind: "category", type: "VARCHAR" },
  { name: 'odd "name"', kind: "category", type: "VARCHAR" },
  { name: "age", kind: "number", type: "INTEGER" },
  { name: "ratio", kind: "number", type: "DOUBLE" },
  { name: "single", kind: "number", type: "FLOAT" },
  { name: "flag", kind: "boolean", type: "BOOLEAN" },
  { name: "at", kind: "time", type: "TIMESTAMP" },
];

const texts = [
  "low",
  "high",
  "it's",
  'say "no"',
  "naïve",
  "e\u0301",
  "é",
  "日本",
  "🙂",
  "",
  " ",
  "a\\b",
  "null",
  "%",
  "0",
];
const NEWYEAR = Date.UTC(2024, 0, 1);
const text = fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...texts) }, fc.string({ maxLength: 4 }));
const age = fc.integer({ min: -3, max: 5 });
const ratio = fc.oneof(fc.constantFrom(0, -0, 0.1, 0.5, 1e-300, 1e300, -2.5, 1 / 3), fc.double({ noNaN: true }));
const single = fc.constantFrom(0.1, 0.25, -7.7, 3, 1e-20).map(Math.fround);
const at = fc.integer({ min: -500, max: 500 }).map((hours) => NEWYEAR + hours * 3_600_000 + (hours % 7) * 1234);

export const conditionRow: fc.Arbitrary<ConditionRow> = fc.record({
  group: fc.option(text),
  'odd "name"': fc.option(text),
  age: fc.option(age),
  ratio: fc.option(fc.oneof(ratio, fc.constantFrom(Number.NaN, Infinity, -Infinity))),
  single: fc.option(fc.oneof(single, fc.constant(Number.NaN))),
  flag: fc.option(fc.boolean()),
  at: fc.option(at),
});

/** Mostly satisfiable: one lower bound, one upper bound or both in order; now and then all four at random. */
function range(bound: fc.Arbitrary<number>): fc.Arbitrary<Range> {
  const lower = fc.constantFrom("from", "above");
  const upper = fc.constantFrom("to", "below");
  return fc.oneof(
    { weight: 3, arbitrary: fc.tuple(lower, bound).map(([key, value]) => ({ [key]: value })) },
    { weight: 3, arbitrary: fc.tuple(upper, bound).map(([key, value]) => ({ [key]: value })) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(lower, upper, bound, bound)
        .map(([low, high, a, b]) => ({ [low]: Math.min(a, b), [high]: Math.max(a, b) })),
    },
    { weight: 1, arbitrary: fc.record({ from: bound, to: bound, above: bound, below: bound }) },
  );
}

const someOf = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.oneof({ weight: 9, arbitrary: fc.array(value, { minLength: 1, maxLength: 6 }) }, fc.constant<T[]>([]));

const leaf: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ kind: fc.constant("is"), column: fc.constantFrom("group", 'odd "name"'), values: someOf(text) }),
  fc.record({ kind: fc.constant("is"), column: fc.constant("age"), values: someOf(fc.oneof(age, ratio)) }),
  fc.record({ kind: fc.constant("is"), column: fc.constant("ratio"), values: someOf(ratio) }),
  fc.record({ kind: fc.constant("is"), column: fc.constant("single"), values: someOf(single) }),
  fc.record({ kind: fc.constant("is"), column: fc.constant("flag"), values: someOf(fc.boolean()) }),
  fc.record({ kind: fc.constant("is"), column: fc.constant("at"), values: someOf(at), time: fc.constant(true) }),
  fc.record({ kind: fc.constant("range"), column: fc.constant("age"), range: range(fc.oneof(age, ratio)) }),
  fc.record({ kind: fc.constant("range"), column: fc.constant("ratio"), range: range(ratio) }),
  fc.record({ kind: fc.constant("range"), column: fc.constant("single"), range: range(single) }),
  fc.record({ kind: fc.constant("range"), column: fc.constant("at"), range: range(at), time: fc.constant(true) }),
  fc.record({
    kind: fc.constant("clock"),
    column: fc.constant("at"),
    part: fc.constant("hour"),
    values: someOf(fc.integer({ min: 0, max: 23 })),
  }),
  fc.record({
    kind: fc.constant("clock"),
    column: fc.constant("at"),
    part: fc.constant("weekday"),
    values: someOf(fc.integer({ min: 1, max: 7 })),
  }),
  fc.record({
    kind: fc.constant("null"),
    column: fc.constantFrom(...conditionSchemas.map((schema) => schema.name)),
    isNull: fc.boolean(),
  }),
) as fc.Arbitrary<Condition>;

const severalOf = (tree: fc.Arbitrary<Condition>): fc.Arbitrary<Condition[]> =>
  fc.oneof({ weight: 9, arbitrary: fc.array(tree, { minLength: 1, maxLength: 3 }) }, fc.constant<Condition[]>([]));

/** Conditions on {@link conditionSchemas}, nested up to four deep. */
export const condition: fc.Arbitrary<Condition> = fc.letrec<{ tree: Condition }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 4, arbitrary: leaf },
    severalOf(tie("tree")).map((of): Condition => ({ kind: "all", of })),
    severalOf(tie("tree")).map((of): Condition => ({ kind: "any", of })),
    tie("tree").map((of): Condition => ({ kind: "not", of })),
  ),
})).tree;

/** The rows as columns: dictionaries in order of first appearance, nulls as the table contract says. */
export function conditionTable(rows: readonly ConditionRow[]): Table {
  const columns = new Map<string, Column>();
  for (const schema of conditionSchemas) {
    const values = rows.map((row) => row[schema.name as keyof ConditionRow]);
    columns.set(schema.name, columnOf(schema, values));
  }
  return { rows: rows.length, firstRow: 0, columns };
}

function columnOf(schema: ColumnSchema, values: readonly (string | number | boolean | null)[]): Column {
  const nulls = Uint8Array.from(values, (value) => (value === null ? 1 : 0));
  const name = schema.name;
  if (schema.kind === "category") {
    const distinct = [...new Set(values.filter((value) => typeof value === "string"))];
    const codes = Uint8Array.from(values, (value) => (value === null ? 255 : distinct.indexOf(String(value))));
    return { kind: "category", name, nulls, codes, dictionary: { texts: distinct } };
  }
  if (schema.kind === "boolean") {
    return { kind: "boolean", name, nulls, values: Uint8Array.from(values, (v) => (v === null ? 255 : Number(v))) };
  }
  const numbers = values.map((value) => (value === null ? Number.NaN : Number(value)));
  if (schema.kind === "time") return { kind: "time", name, nulls, values: Float64Array.from(numbers) };
  // Integer arrays cannot hold NaN: their nulls are told by `nulls` alone.
  if (schema.type === "INTEGER") return { kind: "number", name, nulls, values: Int32Array.from(numbers) };
  if (schema.type === "FLOAT") return { kind: "number", name, nulls, values: Float32Array.from(numbers) };
  return { kind: "number", name, nulls, values: Float64Array.from(numbers) };
}
