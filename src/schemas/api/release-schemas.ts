import { z } from "zod";
import { jsonValueSchema } from "./json-value.ts";
import { nameSchema, timeSchema } from "./registry-schemas.ts";

const text = z.string().min(1).max(2000);
const share = z.number().gt(0).max(1);

export const releaseWishSchema = z
  .strictObject({
    challenger: nameSchema.describe("A version or an alias"),
    verdict: z
      .string()
      .max(500)
      .nullable()
      .default(null)
      .describe("Of that version; null: its newest against what is live"),
    release: z
      .record(z.string(), jsonValueSchema)
      .default({})
      .describe("The `release` section as the policy writes it; empty: usual"),
    arms: z.record(z.string(), share).default({}).describe("A/B: further arms with their shares"),
    consent: z
      .boolean()
      .default(false)
      .describe("The caller consents to the first stage although the challenger was not proven there. Role: approver"),
  })
  .meta({
    examples: [
      { challenger: "2", release: { stages: [{ cohort: "low activity", shares: [0.05, 0.5] }], least: "2h" } },
      { challenger: "2", release: { form: "ab", shares: [0.5] } },
    ],
  });

export const approvalSchema = z
  .strictObject({ evidence: z.string().min(1).max(200).describe("Hash of the evidence that was looked at") })
  .meta({ examples: [{ evidence: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" }] });

export const reasonSchema = z.strictObject({ reason: text }).meta({ examples: [{ reason: "the feed looks wrong" }] });

export const advanceSchema = z
  .strictObject({
    reason: text,
    consent: z
      .array(z.string().min(1).max(500))
      .max(500)
      .default([])
      .describe("Cohorts on which the challenger was not proven, by name"),
  })
  .meta({ examples: [{ reason: "the trial is over", consent: ["low activity"] }] });

export const rollbackSchema = z
  .strictObject({
    to: nameSchema.nullable().default(null).describe("A kept version or an alias; null: what answered before"),
    cohort: z.string().min(1).max(500).nullable().default(null).describe("Null: everyone"),
    reason: text,
  })
  .meta({ examples: [{ to: null, cohort: null, reason: "wrong answers since 02:50" }] });

export const rolledBackSchema = z
  .object({
    model: z.string(),
    cohort: z.string().nullable(),
    from: z.string(),
    to: z.string(),
    changed: z.boolean().describe("False: it was so already"),
    follows: z.array(z.string()),
    rollout: z.string().nullable(),
  })
  .meta({ id: "RolledBack", description: "What a rollback does, or did" });

const position = z.object({ stage: z.number().int(), step: z.number().int() });
const numbers = z.record(z.string(), z.union([z.number(), z.string()]).nullable());
const nullableNumber = z.number().nullable();

const checkSchema = z.object({
  name: z.string(),
  outcome: z.enum(["clear", "breach", "unsure", "waiting", "none"]),
  control: nullableNumber,
  treatment: nullableNumber,
  harm: nullableNumber,
  low: nullableNumber,
  high: nullableNumber,
  margin: z.number(),
  units: z.number(),
  method: z.string(),
  reason: z.string(),
});

const forecastSchema = z.object({
  stage: z.number().int(),
  step: z.number().int(),
  cohort: z.string(),
  share: z.number(),
  units: nullableNumber,
  days: nullableNumber,
  // Absent in releases that an older server started.
  daysLow: nullableNumber.optional().describe("With a chance of 80% the time to decision lies between these"),
  daysHigh: nullableNumber.optional().describe("Null: not known, or perhaps never"),
  because: z.string(),
  fits: z.boolean(),
  reason: z.string().nullable(),
});

const stageSchema = z.object({
  cohort: z.string(),
  shares: z.array(z.number()),
  open: z.number().describe("Share in force: 0 closed, 1 passed"),
  unproven: z.array(z.string()),
  approve: z.array(z.string()),
  reason: z.string(),
});

export const releasePlanSchema = z
  .object({
    id: z.string(),
    model: z.string(),
    form: z.string(),
    champion: z.string(),
    challenger: z.string(),
    verdict: z.string(),
    stages: z.array(stageSchema),
    guarded: z.array(z.string()).describe("Cohorts that stay with the champion until somebody consents"),
    notes: z.array(z.string()),
    forecast: z.array(forecastSchema),
  })
  .meta({ id: "ReleasePlan", description: "What a release would do" });

export const releaseViewSchema = z
  .object({
    id: z.string(),
    model: z.string(),
    form: z.string(),
    champion: z.string(),
    challenger: z.string(),
    phase: z.string(),
    at: z.string().describe("Where it is, for people"),
    position,
    revision: z.number().int(),
    creditedSeconds: z.number().describe("Time that counts for the present step"),
    started: timeSchema,
    stages: z.array(stageSchema),
    returned: z.array(z.object({ cohort: z.string(), version: z.string() })),
    kept: z.array(z.string()).describe("Cohorts that stay with the champion until somebody consents"),
    question: z
      .object({ kind: z.string(), text: z.string(), evidence: z.string(), cohorts: z.array(z.string()) })
      .nullable(),
    analysis: z
      .object({
        outcome: z.string(),
        reason: z.string(),
        units: z.number(),
        evidence: z.string(),
        checks: z.array(checkSchema),
        sampleRatio: z.object({ pValue: nullableNumber, mismatch: z.boolean(), counts: z.array(z.number()) }),
      })
      .nullable(),
    problem: z.string().nullable().describe("Why there are no numbers"),
    forecast: z.array(forecastSchema),
    decisions: z.array(
      z.object({
        at: timeSchema,
        by: z.string(),
        decision: z.string(),
        from: z.string(),
        to: z.string(),
        reason: z.string(),
        evidence: z.string().nullable(),
        numbers,
      }),
    ),
  })
  .meta({ id: "Release", description: "A release: where it is, on which evidence, and what was decided" });
