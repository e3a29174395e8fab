/** One way to say which rows a slice has; what the reference prints of it. */
export interface SliceFormWords {
  readonly name: string;
  /** A line that can be pasted under `slices:`. */
  readonly example: string;
  /** Names of the slices that the example makes. */
  readonly makes: string;
  readonly says: string;
}

/** Every form of an entry under `slices:`, in the order of the reference. */
export const sliceForms: readonly SliceFormWords[] = [
  {
    name: "where",
    example: "young women: { where: { gender: F, user_age: { from: 18, below: 30 } }, weight: 0.3 }",
    makes: "`young women`",
    says: "One slice: the rows for which a condition holds.",
  },
  {
    name: "each",
    example: "activity: { each: user_activity, weight: 0.3 }",
    makes: "`user_activity=high`, `user_activity=low`, …, `user_activity=null`",
    says: "One slice per value of a column. Null is a value of its own; NaN counts as null. The weight is that of every value; `share: true` splits it by rows.",
  },
  {
    name: "each with edges",
    example: "age: { each: user_age, edges: [18, 30, 50] }",
    makes: "`user_age=below 18`, `user_age=[18, 30)`, `user_age=[30, 50)`, `user_age=from 50`",
    says: "Bands of a number. Each edge starts a band; what is below the first edge is a band too.",
  },
  {
    name: "each with quantiles",
    example: "spend: { each: amount, quantiles: 4 }",
    makes: "`amount=below 9.5`, `amount=[9.5, 20)`, …",
    says: "Bands of about equal count. The edges come from the data (beyond 1,048,576 rows from every n-th row), are written with as few digits as cut the same, and are kept in the record. Equal values are never parted, so there may be fewer bands.",
  },
  {
    name: "each with period",
    example: "months: { each: timestamp, period: month }",
    makes: "`timestamp=2024-02`, `timestamp=2024-03`",
    says: "Calendar periods in UTC: `month`, `week` (ISO 8601), `day`, or those that come round again, `weekday` and `hour`. `{ period: month }` alone takes `columns.time`.",
  },
  {
    name: "cross",
    example: "activity by age: { cross: [user_activity, { column: user_age, edges: [18, 30] }] }",
    makes: "`user_activity=low & user_age=[18, 30)`, …",
    says: "One slice per combination that occurs. A part is a column, or a map with `column` and `edges`, `quantiles` or `period`.",
  },
  {
    name: "last",
    example: "last week: { last: 7d, weight: 0.8 }",
    makes: "`last week`",
    says: "The newest rows: 90m, 24h, 7d or 4w, counted back from the newest time in `columns.time`. The newest row is in; one exactly as old as the window is out. Beside `where` it narrows the condition.",
  },
];

/** One form of a condition; what the reference prints of it. */
export interface ConditionFormWords {
  readonly example: string;
  readonly says: string;
}

export const conditionForms: readonly ConditionFormWords[] = [
  { example: "{ gender: F }", says: "The value is this one." },
  { example: "{ region: [north, east] }", says: "The value is any of these. `null` may be among them." },
  {
    example: "{ age: { from: 18, below: 30 } }",
    says: "`from` and `to` include their bound, `above` and `below` do not.",
  },
  {
    example: "{ timestamp: { from: 2026-01-31, below: 2026-03-01T12:00:00Z } }",
    says: "Times the same way; without a zone they are UTC.",
  },
  {
    example: "{ timestamp: { weekday: [Saturday, Sunday] } }",
    says: "`weekday` (Monday to Sunday, or 1 to 7) and `hour` (0 to 23) of a time, in UTC.",
  },
  { example: "{ region: { not: north } }", says: "All other rows, those without a value among them." },
  { example: "{ region: { null: true } }", says: "Rows without a value (`false`: with one). NaN counts as none." },
  { example: "{ gender: F, age: { from: 60 } }", says: "Several columns are all required." },
  {
    example: "{ any: [{ gender: F }, { age: { from: 60 } }] }",
    says: "At least one of them; `all` for every one. They nest.",
  },
  { example: "{ not: { gender: F, region: north } }", says: "The opposite of a whole condition." },
  {
    example: "{ column: any, is: 3 }",
    says: "The long form, for a column that is called `any`, `all`, `not` or `column`.",
  },
];
