import { z } from "zod";

/** `contract.yaml` as people write it. Conditions inside of `rules` are read by hand, as in the policy. */
const share = z.number().min(0).max(1);
const severity = z.enum(["error", "warning", "info", "off"]);
const severities = z.record(z.string(), severity).describe("Severity per check name: error, warning, info, off.");
const scalar = z.union([z.string(), z.number(), z.boolean()]);

const columnReference = z
  .strictObject({
    rows: z.int().min(0).describe("Rows of the reference."),
    nulls: share.default(0).describe("Share of nulls."),
    distinct: z.int().min(0).describe("Distinct values (of the sample, where the reference was large)."),
    mean: z.number().optional(),
    quantiles: z.array(z.number()).length(21).optional().describe("At 0, 5, 10, … 100 percent."),
    top: z.record(z.string(), share).optional().describe("Most frequent texts with their shares."),
    with_label: z.number().min(-1).max(1).optional().describe("Rank correlation with the label."),
    longest_run: z.int().min(0).optional().describe("Longest run of one value, in rows."),
  })
  .describe(
    "What the reference looked like: unit mistakes, swapped or stuck columns and flipped labels are found by it. Not for editing.",
  );

const column = z.strictObject({
  type: z.enum(["integer", "number", "boolean", "text", "time", "any"]).describe("What each value is."),
  format: z
    .enum(["iso", "day-first", "month-first", "day-or-month-first", "dotted", "year-first", "words"])
    .optional()
    .describe("How times are written; iso (2026-11-23 08:00) unless said."),
  required: z.boolean().default(true).describe("False: files may come without this column."),
  meaning: z.string().optional().describe("What the column says, for people."),
  unit: z.string().optional().describe("Of the numbers: hours, EUR, share."),
  nulls: share.optional().describe("Largest share of nulls. 0: every null is a bad row."),
  range: z
    .strictObject({ from: z.number().optional(), to: z.number().optional() })
    .optional()
    .describe("Both ends included."),
  values: z
    .union([
      z.array(scalar).min(1),
      z.strictObject({
        any: z.array(scalar).min(1).describe("The allowed values."),
        unseen: share.default(0).describe("Share of other values that is expected; beyond it, severity of `values`."),
      }),
    ])
    .optional()
    .describe("The allowed values."),
  pattern: z.string().optional().describe("Regular expression for the whole value."),
  length: z
    .strictObject({ from: z.int().min(0).default(0), to: z.int().min(0) })
    .optional()
    .describe("Characters."),
  unique: z.boolean().default(false).describe("No value twice."),
  proportions: z
    .record(z.string(), z.strictObject({ from: share.default(0), to: share.default(1) }))
    .optional()
    .describe("Share of rows that hold a value."),
  severity: severities.optional(),
  reference: columnReference.optional(),
});

const rule = z.strictObject({
  name: z.string().min(1).describe("Unique; stands in findings and in quarantine."),
  meaning: z.string().optional(),
  severity: z.enum(["error", "warning", "info"]).default("error"),
  holds: z.unknown().optional().describe("A condition on each row, as in slices: { end_km: { from: 0 } }."),
  when: z.unknown().optional().describe("Only rows where this condition is true have to."),
  ordered: z.array(z.string()).min(2).optional().describe("Columns whose values must not fall from left to right."),
  strict: z.boolean().optional().describe("ordered: equal values are not allowed either."),
  monotone: z.string().optional().describe("Column that must not fall from row to row."),
  within: z.string().optional().describe("monotone: only among rows with the same value of this column."),
  falling: z.boolean().optional().describe("monotone: it must not rise instead."),
  sum: z.array(z.string()).min(1).optional().describe("Columns that add up to `equals`."),
  equals: z.string().optional(),
  tolerance: z.number().min(0).optional().describe("sum: allowed difference."),
});

const durationText = z.string().regex(/^\d+(\.\d+)?\s*(s|min|m|h|d|w)$/, "takes a duration: 90s, 30min, 36h, 10d, 2w");

export const contractFile = z.strictObject({
  contract: z.string().min(1).describe("Name of the table."),
  version: z.int().min(1).default(1).describe("Raise it with every change of a rule."),
  owner: z.string().optional().describe("Whom to call when a file is refused."),
  meaning: z.string().optional(),
  file: z
    .strictObject({
      format: z.enum(["csv", "json-lines", "json", "parquet"]).optional(),
      delimiter: z.string().min(1).max(1).optional(),
      final_newline: z
        .boolean()
        .optional()
        .describe("The reference ended with a line end; a short file without one is cut."),
    })
    .optional(),
  rows: z
    .strictObject({
      usual: z.int().min(0).optional().describe("Rows of the reference."),
      from: z.int().min(0).default(0),
      to: z.int().min(0).optional(),
    })
    .optional()
    .describe("Rows of one file, until five accepted loads say what is usual."),
  bad_rows: share.default(0.05).describe("Larger shares of bad rows refuse the whole file."),
  key: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .describe("Column, or columns together, that name a row."),
  label: z.string().optional().describe("The column that models predict."),
  time: z
    .strictObject({
      column: z.string(),
      ordered: z.boolean().default(false).describe("Rows come in the order of time."),
      gap: durationText.optional().describe("Longest distance between neighbouring times."),
      age: durationText.optional().describe("Greatest age of the newest row."),
    })
    .optional(),
  column_order: z.enum(["any", "fixed"]).default("any"),
  unknown_columns: severity.default("warning"),
  expected: z
    .unknown()
    .optional()
    .describe("Announced changes, in which a load may be unusual: a list of { name, from, to, columns }."),
  repeats: share.optional().describe("Share of rows that may repeat another row's content, key aside."),
  severity: severities.optional(),
  columns: z.record(z.string(), column).describe("By name; the order is that of the file."),
  rules: z.array(rule).optional().describe("Across columns."),
});

export type ContractFile = z.infer<typeof contractFile>;
export type RuleFile = z.infer<typeof rule>;
