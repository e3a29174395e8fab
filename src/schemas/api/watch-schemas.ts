import { z } from "zod";
import { nameSchema, timeSchema } from "./registry-schemas.ts";

const key = z.string().min(1).max(1000).describe("What makes two signals the same alarm");

export const alertViewSchema = z
  .object({
    key,
    severity: z.enum(["info", "warning", "error"]),
    model: z.string(),
    owner: z.string().nullable().describe("Who is asked to act"),
    message: z.string(),
    actions: z.array(z.string()).describe("What to do next"),
    state: z.enum(["firing", "recovered"]),
    since: timeSchema,
    lastSeen: timeSchema,
    count: z.number().int().describe("How often it was seen since it fires"),
    snoozedUntil: timeSchema.nullable(),
    snoozedBy: z.string().nullable(),
  })
  .meta({ id: "Alert", description: "Something that someone should know" });

export const alertListSchema = z.object({
  alerts: z.array(alertViewSchema),
  total: z.number().int().describe("How many there are; more than are here where `limit` cut them"),
  undelivered: z.number().int().describe("Notices that a channel has not taken yet"),
});

export const snoozeSchema = z
  .strictObject({ key, minutes: z.number().positive().max(43_200).describe("How long it stays silent") })
  .meta({ examples: [{ key: "drift:film-ranker/low activity", minutes: 1440 }] });

export const resolveSchema = z.strictObject({ key }).meta({ examples: [{ key: "drift:film-ranker/low activity" }] });

export const lookViewSchema = z
  .object({
    model: z.string(),
    at: timeSchema,
    until: timeSchema.nullable().describe("Predictions before this time have been looked at"),
    rows: z.number().int(),
    slices: z.array(z.object({ slice: z.string(), outcome: z.string(), reason: z.string() })),
    problem: z.string().nullable(),
  })
  .meta({ id: "Look", description: "What a look at the prediction log found" });

export const retrainingViewSchema = z
  .object({
    model: nameSchema,
    run: z.string(),
    state: z.enum(["running", "judged", "failed"]),
    started: timeSchema,
    ended: timeSchema.nullable(),
    causes: z.array(z.string()),
    by: z.string(),
    record: z.string().nullable().describe("Digest of the record of its steps"),
    version: z.string().nullable(),
    against: z.string().nullable(),
    decision: z.enum(["pass", "fail", "not-enough-data", "not-evaluated"]).nullable(),
    reason: z.string().nullable(),
    final: z.object({ version: z.string(), inherits: z.boolean(), reason: z.string() }).nullable(),
  })
  .meta({ id: "Retraining", description: "A retraining, from its causes to its verdict" });
