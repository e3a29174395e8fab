import { z } from "zod";
import { Failure } from "../../core/failures.ts";
import { findMetric } from "../../core/metrics/catalog.ts";
import { type PeriodName, periodNames } from "../../core/drift/periods.ts";
import type { ExpectedEvent } from "../../core/drift/events.ts";
import { parseSpan } from "../../core/slices/slice-entry.ts";
import { columnImportance, expectedEvents } from "../drift-settings.ts";
import { type ParsedPolicy, policyFailure } from "../policy/parse-policy.ts";
import { readSection } from "../policy/read-section.ts";

const names = z.array(z.string().min(1)).min(1);
const span = z
  .string()
  .refine((text) => parseSpan(text) !== null, { error: "takes a span of time such as 24h or 90m" });

const quality = z.strictObject({
  metric: z.string().min(1).optional().describe("Metric of the task. Default: the first of `metrics`."),
  below: z
    .number()
    .min(0)
    .optional()
    .describe("How far it may fall below the test data's value, in its own unit. Default 2% of that value."),
  label: z
    .string()
    .min(1)
    .optional()
    .describe("Name of the label in the log. Default that of `columns.label`, else labels sent without a name."),
  labels: z
    .enum(["both", "positives"])
    .optional()
    .describe("`positives`: a label comes for hits alone (a click), no label is none yet. Default both."),
  horizon: span.optional().describe("Labels that come later than this do not count. Default: no limit."),
  least_units: z
    .number()
    .int()
    .min(10)
    .optional()
    .describe("Fewest units of a period; shorter ones are joined. Default 30."),
  false_alarm_every: z
    .number()
    .int()
    .min(2)
    .optional()
    .describe("Periods between false alarms of any slice, on average at least. Default 365."),
  estimate: z.boolean().optional().describe("Estimate quality before labels come. Default true."),
});

/** The `monitors` section of umpire.yaml. */
export const monitorsFile = z.strictObject({
  by: z
    .enum(periodNames)
    .optional()
    .describe("Each such period of the prediction log is held against the reference. Default day."),
  every: span.optional().describe("How often the log is looked at. Default 24h."),
  reference: z
    .enum(["train", "test"])
    .optional()
    .describe("The data of the policy that the log is held against. Default train, else test."),
  slices: names
    .optional()
    .describe("Routable slices that are watched, by name, beside everything. Default: all routable ones, at most 20."),
  columns: names.optional().describe("Columns that are watched. Default: the features of the model."),
  exclude: names.optional().describe("Columns that are not."),
  alpha: z.number().gt(0).max(0.5).optional().describe("Chance of any false alarm, all slices together. Default 0.05."),
  floor: z.number().min(0).max(1).optional().describe("Effect (0 to 1) below which nothing is drift. Default 0.1."),
  expected: z
    .unknown()
    .optional()
    .describe(
      "Announced changes, whose drift does not count: a list of { name, from, to, columns }; dates include their day.",
    ),
  importance: z
    .unknown()
    .optional()
    .describe("How much the model leans on a column, any unit: a map. Columns are ranked by importance times effect."),
  least_rows: z.number().int().min(1).optional().describe("Fewest rows that a period of everything has. Default 1."),
  owner: z.string().min(1).optional().describe("Who is asked to act; routes of `alerts` may name them."),
  quality: z
    .union([z.literal(false), quality])
    .optional()
    .describe("Quality of the live version against the test data, from labels and without. `false`: not watched."),
});

/** What is watched of a model, with defaults filled in. Spans in milliseconds. */
export interface MonitorSettings {
  readonly by: PeriodName;
  readonly every: number;
  readonly reference: "train" | "test" | null;
  /** Null: every routable slice, up to a limit. */
  readonly slices: readonly string[] | null;
  readonly columns: readonly string[] | null;
  readonly exclude: readonly string[];
  readonly alpha: number;
  readonly floor: number;
  readonly expected: readonly ExpectedEvent[];
  readonly importance: ReadonlyMap<string, number>;
  readonly leastRows: number;
  readonly owner: string | null;
  /** Null: not watched. */
  readonly quality: QualitySettings | null;
}

/** How the quality of the live version is watched. */
export interface QualitySettings {
  readonly metric: string;
  readonly below: number | null;
  /** Name of the label in the log; null: named as the policy's label column, or not at all. */
  readonly label: string | null;
  readonly labels: "both" | "positives";
  /** Milliseconds; null: no limit. */
  readonly horizon: number | null;
  readonly leastUnits: number;
  readonly falseAlarmEvery: number;
  readonly estimate: boolean;
}

const DAY = 86_400_000;

/**
 * Reads the `monitors` section of a parsed policy; the defaults where it has none.
 * @throws Failure POLICY with line and column
 */
export function parseMonitors(parsed: Pick<ParsedPolicy, "source" | "policy">): MonitorSettings {
  const { source } = parsed;
  const {
    every,
    reference,
    least_rows: leastRows,
    expected,
    importance,
    ...file
  } = readSection(source, "monitors", monitorsFile) ?? {};
  return {
    by: file.by ?? "day",
    every: (every === undefined ? null : parseSpan(every)) ?? DAY,
    reference: reference ?? null,
    slices: file.slices ?? null,
    columns: file.columns ?? null,
    exclude: file.exclude ?? [],
    alpha: file.alpha ?? 0.05,
    floor: file.floor ?? 0.1,
    expected: expected === undefined ? [] : expectedEvents(source, ["monitors", "expected"], expected),
    importance: importance === undefined ? new Map() : columnImportance(source, ["monitors", "importance"], importance),
    leastRows: leastRows ?? 1,
    owner: file.owner ?? null,
    quality: file.quality === false ? null : qualityOf(file.quality ?? {}, parsed),
  };
}

function qualityOf(
  file: z.infer<typeof quality>,
  { policy, source }: Pick<ParsedPolicy, "source" | "policy">,
): QualitySettings {
  if (file.metric !== undefined) checkMetric(file.metric, policy, source, ["monitors", "quality", "metric"]);
  return {
    metric: file.metric ?? policy.metrics[0]!,
    below: file.below ?? null,
    label: file.label ?? null,
    labels: file.labels ?? "both",
    horizon: file.horizon === undefined ? null : parseSpan(file.horizon),
    leastUnits: file.least_units ?? 30,
    falseAlarmEvery: file.false_alarm_every ?? 365,
    estimate: file.estimate ?? true,
  };
}

/** @throws Failure POLICY at the place where the metric stands */
export function checkMetric(
  metric: string,
  { task }: Pick<ParsedPolicy["policy"], "task">,
  source: ParsedPolicy["source"],
  path: readonly (string | number)[],
): void {
  try {
    findMetric(metric, task);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw policyFailure([{ path: [...path], message: error.message, mend: error.mend }], source);
  }
}
