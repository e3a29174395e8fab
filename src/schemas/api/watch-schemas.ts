import { z } from "zod";
import { nameSchema, timeSchema } from "./registry-schemas.ts";

const key = z.string().min(1).max(1000).describe("What makes two signals the same alarm");

const channelName = z.string().describe("`MODEL/CHANNEL`: a channel as the policy of a model names it");

export const alertViewSchema = z
  .object({
    key,
    severity: z.enum(["info", "warning", "error"]),
    model: z.string().describe("Empty: the server itself"),
    owner: z.string().nullable().describe("Who is asked to act"),
    message: z.string(),
    actions: z.array(z.string()).describe("What to do next"),
    state: z.enum(["firing", "recovered"]),
    since: timeSchema,
    lastSeen: timeSchema,
    count: z.number().int().describe("How often it was seen since it fires"),
    snoozedUntil: timeSchema.nullable(),
    snoozedBy: z.string().nullable(),
    toldTo: z
      .array(channelName)
      .describe("Channels that it goes to, or went to since it fires; empty: nobody, because no channel hears of it"),
  })
  .meta({ id: "Alert", description: "Something that someone should know" });

export const alertListSchema = z.object({
  alerts: z.array(alertViewSchema),
  total: z.number().int().describe("How many there are; more than are here where `limit` cut them"),
  undelivered: z.number().int().describe("Notices that a channel has not taken yet"),
  waiting: z
    .array(
      z.object({
        channel: channelName,
        notices: z.number().int(),
        attempts: z.number().int().describe("Of the notice that was tried most often"),
        problem: z.string().nullable().describe("Why it was not taken; null: not tried yet"),
        nextAttempt: timeSchema.nullable().describe("Null: at once"),
      }),
    )
    .describe("Channels that notices wait for"),
});

export const snoozeSchema = z
  .strictObject({ key, minutes: z.number().positive().max(43_200).describe("How long it stays silent") })
  .meta({ examples: [{ key: "drift:film-ranker/low activity", minutes: 1440 }] });

export const resolveSchema = z.strictObject({ key }).meta({ examples: [{ key: "drift:film-ranker/low activity" }] });

const pointShape = {
  value: z.number().nullable(),
  interval: z.tuple([z.number(), z.number()]).nullable().describe("95%, of this by itself; over units"),
  rows: z.number().int(),
  units: z.number().int(),
  reason: z.string().nullable().describe("Why there is no value"),
};

const sliceQualitySchema = z.object({
  slice: z.string(),
  blocking: z.boolean(),
  outcome: z.enum(["holds", "below", "not-enough-data", "not-evaluated"]),
  reason: z.string(),
  reference: z.object(pointShape).nullable().describe("The same version on the test data"),
  limit: z.number().nullable().describe("Quality on the wrong side of this is a fall"),
  spread: z
    .object({ deviation: z.number(), periods: z.number().int() })
    .nullable()
    .describe("How much quality differs between the reference's own periods, beyond the error of each"),
  statistic: z.number().nullable().describe("e-SR statistic of a fall; an alarm when it reaches the threshold"),
  threshold: z.number(),
  since: timeSchema.nullable(),
  method: z.string().nullable().describe("How the last value was made"),
  assumes: z.string().nullable().describe("What an estimate takes for granted"),
  periods: z.array(
    z.object({
      ...pointShape,
      from: timeSchema,
      until: timeSchema,
      labelled: z.number().int().nullable(),
      completeness: z.number().nullable().describe("Share of its labels that has come"),
      counts: z.boolean().describe("Enough of its labels have come"),
    }),
  ),
});

export const qualityViewSchema = z
  .object({
    version: z.string().nullable(),
    metric: z.string(),
    problem: z.string().nullable().describe("Why nothing could be said"),
    labels: z
      .object({
        come: z.number().int(),
        method: z.string(),
        halfAfterDays: z.number().nullable(),
        mostAfterDays: z.number().nullable(),
        horizonDays: z.number().describe("The longest delay that could be seen"),
      })
      .nullable()
      .describe("How labels come"),
    measured: z.array(sliceQualitySchema).describe("From labels, corrected for those that are still to come"),
    estimated: z.array(sliceQualitySchema).describe("Without labels"),
    audit: z
      .object({ periods: z.number().int(), held: z.number().int(), bias: z.number() })
      .nullable()
      .describe("How the estimate did where labels came"),
    trigger: z.object({ fallen: z.boolean(), message: z.string() }).nullable().describe("What asks for retraining"),
  })
  .meta({ description: "How the live version does in production, by slice and period" });

export const lookViewSchema = z
  .object({
    model: z.string(),
    at: timeSchema,
    until: timeSchema.nullable().describe("Predictions before this time have been looked at"),
    rows: z.number().int(),
    slices: z.array(z.object({ slice: z.string(), outcome: z.string(), reason: z.string() })),
    problem: z.string().nullable(),
    quality: qualityViewSchema.nullable(),
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
    final: z
      .object({ version: z.string(), inherits: z.boolean(), reason: z.string(), record: z.string().optional() })
      .nullable()
      .describe("The version trained on everything"),
  })
  .meta({ id: "Retraining", description: "A retraining, from its causes to its verdict" });

export const runLogsQuerySchema = z.strictObject({
  bytes: z.coerce.number().int().min(1).max(1_000_000).default(16_384).describe("Of each log's end at most so many"),
});

export const runLogsSchema = z
  .object({
    logs: z.array(
      z.object({
        step: z.string().describe("Number and name of the step; of the run on everything after `final`"),
        bytes: z.number().int().describe("Of the whole log"),
        text: z.string().describe("Its end, as the step wrote it"),
        cut: z.boolean().describe("There is more before it"),
      }),
    ),
  })
  .meta({ id: "RunLogs", description: "What the steps of a retraining wrote" });
