import { z } from "zod";
import { type PeriodName, periodNames } from "../../core/drift/periods.ts";
import { parseSpan } from "../../core/slices/slice-entry.ts";
import { explainIssue } from "../policy/explain-issue.ts";
import { type ParsedPolicy, policyFailure } from "../policy/parse-policy.ts";

const names = z.array(z.string().min(1)).min(1);

/** The `monitors` section of umpire.yaml. */
export const monitorsFile = z.strictObject({
  by: z
    .enum(periodNames)
    .optional()
    .describe("Each such period of the prediction log is held against the reference. Default day."),
  every: z
    .string()
    .refine((text) => parseSpan(text) !== null, { error: "takes a span of time such as 24h or 90m" })
    .optional()
    .describe("How often the log is looked at. Default 24h."),
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
  least_rows: z.number().int().min(1).optional().describe("Fewest rows that a period of everything has. Default 1."),
  owner: z.string().min(1).optional().describe("Who is asked to act; routes of `alerts` may name them."),
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
  readonly leastRows: number;
  readonly owner: string | null;
}

const DAY = 86_400_000;

/**
 * Reads the `monitors` section of a parsed policy; the defaults where it has none.
 * @throws Failure POLICY with line and column
 */
export function parseMonitors({ source }: Pick<ParsedPolicy, "source">): MonitorSettings {
  const section = (source.value as Record<string, unknown> | null)?.["monitors"] ?? {};
  const shape = monitorsFile.safeParse(section);
  if (!shape.success) {
    const problems = shape.error.issues.flatMap((issue) => explainIssue(issue, section));
    throw policyFailure(
      problems.map((problem) => ({ ...problem, path: ["monitors", ...problem.path] })),
      source,
    );
  }
  const { every, reference, least_rows: leastRows, ...file } = shape.data;
  return {
    by: file.by ?? "day",
    every: (every === undefined ? null : parseSpan(every)) ?? DAY,
    reference: reference ?? null,
    slices: file.slices ?? null,
    columns: file.columns ?? null,
    exclude: file.exclude ?? [],
    alpha: file.alpha ?? 0.05,
    floor: file.floor ?? 0.1,
    leastRows: leastRows ?? 1,
    owner: file.owner ?? null,
  };
}
