import { expect, test } from "vitest";
import type { CategoryColumn, ColumnSchema, NumberColumn, Table, TimeColumn } from "../tables/table.ts";
import { withCodes } from "./grouping-source.ts";
import { planSlices } from "./plan-slices.ts";
import type { SliceBlock, SlicePlanInput } from "./slice-plan-input.ts";
import type { SliceEntry, SliceForm } from "./slice-entry.ts";

const schemas: ColumnSchema[] = [
  { name: "activity", kind: "category", type: "VARCHAR" },
  { name: "genre", kind: "category", type: "VARCHAR" },
  { name: "age", kind: "number", type: "DOUBLE" },
  { name: "at", kind: "time", type: "TIMESTAMP" },
];
const columns = new Map(schemas.map((schema) => [schema.name, schema]));

function category(name: string, values: readonly (string | null)[]): CategoryColumn {
  const texts = [...new Set(values.filter((value) => value !== null))];
  const codes = Uint8Array.from(values, (value) => (value === null ? 255 : texts.indexOf(value)));
  const nulls = Uint8Array.from(values, (value) => Number(value === null));
  return { kind: "category", name, codes, nulls, dictionary: { texts } };
}

const numbers = (name: string, values: readonly number[]): NumberColumn => ({
  kind: "number",
  name,
  values: Float64Array.from(values),
});
const times = (name: string, values: readonly string[]): TimeColumn => ({
  kind: "time",
  name,
  values: Float64Array.from(values, (value) => Date.parse(`${value}Z`)),
});

const activity = ["low", "high", "low", null, "high", "high"];
const genre = ["war", "war", "love", "love", "love", "war"];
const block: SliceBlock = {
  rows: 6,
  firstRow: 0,
  columns: new Map<string, Table["columns"] extends ReadonlyMap<string, infer C> ? C : never>([
    ["activity", category("activity", activity)],
    ["genre", category("genre", genre)],
    ["age", numbers("age", [17, 25, 31, 64, 18, 30])],
    [
      "at",
      times("at", [
        "2024-02-28T10:00:00",
        "2024-02-29T23:59:59.999",
        "2024-03-01T00:00:00",
        "2024-03-04T09:00:00",
        "2024-03-07T09:00:00",
        "2024-03-08T09:00:00",
      ]),
    ],
  ]),
  groups: Uint32Array.from([0, 1, 0, 2, 1, 1]),
};

const entry = (name: string, form: SliceForm, more: Partial<SliceEntry> = {}): SliceEntry => ({
  name,
  form,
  weight: 1,
  blocking: false,
  margin: 0,
  share: false,
  limit: 200,
  ...more,
});
const plan = (entries: readonly SliceEntry[], more: Partial<SlicePlanInput> = {}) =>
  planSlices({ entries, columns, ranking: false, after: new Set(), read: () => [block], ...more });
const namesOf = async (form: SliceForm): Promise<string[]> =>
  (await plan([entry("e", form)])).slices.map((slice) => slice.name);

test("each lists every value in order, null last, by the name column=value", async () => {
  expect(await namesOf({ kind: "each", by: { column: "activity", by: "value" } })).toEqual([
    "activity=high",
    "activity=low",
    "activity=null",
  ]);
});

test("cross lists the combinations that occur", async () => {
  const by = [
    { column: "activity", by: "value" },
    { column: "genre", by: "value" },
  ] as const;
  expect(await namesOf({ kind: "cross", by })).toEqual([
    "activity=high & genre=love",
    "activity=high & genre=war",
    "activity=low & genre=love",
    "activity=low & genre=war",
    "activity=null & genre=love",
  ]);
});

test("bands by edges start at each edge, and quantile edges are the shortest numbers that cut alike", async () => {
  expect(await namesOf({ kind: "each", by: { column: "age", by: "edges", edges: [18, 30, 50] } })).toEqual([
    "age=below 18",
    "age=[18, 30)",
    "age=[30, 50)",
    "age=from 50",
  ]);
  const halves = await plan([entry("halves", { kind: "each", by: { column: "age", by: "quantiles", quantiles: 2 } })]);
  expect(halves.learnt.edges).toEqual({ "halves.age": [30] });
  expect(halves.slices.map((slice) => slice.name)).toEqual(["age=below 30", "age=from 30"]);
});

test("periods are calendar months, ISO weeks, days, weekdays and hours in UTC", async () => {
  const of = (period: "month" | "week" | "weekday" | "hour" | "day") =>
    namesOf({ kind: "each", by: { column: "at", by: "period", period } });
  expect(await of("month")).toEqual(["at=2024-02", "at=2024-03"]);
  expect(await of("week")).toEqual(["at=2024-W09", "at=2024-W10"]);
  expect(await of("weekday")).toEqual(["at=Monday", "at=Wednesday", "at=Thursday", "at=Friday"]);
  expect(await of("hour")).toEqual(["at=00h", "at=09h", "at=10h", "at=23h"]);
  expect((await of("day"))[1]).toBe("at=2024-02-29");
});

test("last counts back from the newest row, which is in; the row exactly as old as the window is out", async () => {
  const made = await plan([
    entry("week", { kind: "last", last: { column: "at", milliseconds: 7 * 86_400_000, text: "7d" } }),
  ]);
  expect(Array.from(withCodes(made.groupings(block)[0]!).codes)).toEqual([255, 255, 255, 0, 0, 0]);
  expect(made.slices[0]!.kind).toBe("window");
});

test("for a ranking a column with one value per list is routable, one that differs within a list makes item slices", async () => {
  const listwise: SliceBlock = { ...block, groups: Uint32Array.from([0, 1, 0, 2, 1, 1]) };
  const made = await plan(
    [
      entry("by activity", { kind: "each", by: { column: "activity", by: "value" } }),
      entry("by genre", { kind: "each", by: { column: "genre", by: "value" } }),
      entry("young", { kind: "where", where: { kind: "range", column: "at", range: { from: 0 }, time: true } }),
    ],
    { ranking: true, read: () => [listwise] },
  );
  expect(new Set(made.slices.map((slice) => `${slice.entry}: ${slice.kind}`))).toEqual(
    new Set(["by activity: routable", "by genre: item", "young: window"]),
  );
});

test("a column known only afterwards is not routable, whatever the task", async () => {
  const form = { kind: "each", by: { column: "genre", by: "value" } } as const;
  expect((await plan([entry("g", form)])).slices[0]!.kind).toBe("routable");
  expect((await plan([entry("g", form)], { after: new Set(["genre"]) })).slices[0]!.kind).toBe("item");
});

test("an entry beyond its limit is refused with the number it makes and what to do", async () => {
  const failing = plan([entry("ages", { kind: "each", by: { column: "age", by: "value" } }, { limit: 3 })], {
    where: () => "umpire.yaml:9:3",
  });
  await expect(failing).rejects.toMatchObject({
    code: "POLICY",
    where: "umpire.yaml:9:3",
    message: "slices.ages: age makes 6 slices; the limit is 3",
    mend: ["cut age into bands: each: age, quantiles: 4, or edges: [18, 30, 50]", "or allow them: limit: 6"],
  });
});

test("two slices of one name are refused, naming both entries", async () => {
  const form = { kind: "each", by: { column: "genre", by: "value" } } as const;
  await expect(plan([entry("a", form), entry("b", form)])).rejects.toThrow(
    'slices.b makes a slice called "genre=love", which slices.a makes too',
  );
});

test("an entry that carries more than half of the weight is named", async () => {
  const form = (column: string): SliceForm => ({ kind: "each", by: { column, by: "value" } });
  const made = await plan([entry("a", form("activity")), entry("b", form("genre"), { weight: 0.5 })]);
  expect(made.notes.map((note) => note.message)).toEqual([
    "slices.a carries 75% of the weighted score: 3 slices, each with the entry's weight",
  ]);
  expect((await plan([entry("a", form("activity"))])).notes).toEqual([]);
});

test("without slices everything is one slice, with lines to paste from columns of few values", async () => {
  const made = await plan([], { candidates: ["activity", "genre"] });
  expect(made.slices).toEqual([
    {
      name: "everything",
      entry: "everything",
      kind: "routable",
      where: null,
      weight: 1,
      blocking: false,
      margin: 0,
    },
  ]);
  expect(Array.from(withCodes(made.groupings(block)[0]!).codes)).toEqual([0, 0, 0, 0, 0, 0]);
  expect(made.notes[0]!.mend).toEqual([
    "slices:",
    "  genre: { each: genre }    # 2 values",
    "  activity: { each: activity }    # 3 values",
  ]);
});
