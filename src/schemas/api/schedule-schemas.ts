import { z } from "zod";
import { jsonValueSchema } from "./json-value.ts";
import { timeSchema } from "./registry-schemas.ts";

export const scheduleChangeSchema = z
  .strictObject({
    cron: z.string().min(1).max(200).describe("minute hour day month weekday"),
    timeZone: z.string().min(1).max(100).default("UTC"),
    job: z.string().min(1).max(100),
    parameters: z.record(z.string().max(100), jsonValueSchema).default({}),
    enabled: z.boolean().default(true),
  })
  .meta({ examples: [{ cron: "30 6 * * 1-5", timeZone: "Europe/Berlin", job: "verify-trail" }] });

export const scheduleViewSchema = z
  .object({
    name: z.string(),
    ...scheduleChangeSchema.shape,
    by: z.string(),
    next: timeSchema.nullable(),
    run: z
      .object({
        started: timeSchema,
        finished: timeSchema.nullable(),
        outcome: z.enum(["running", "done", "failed", "interrupted"]),
        message: z.string(),
        dueTimes: z.number().int().describe("Due times that the run stood for; more than 1 after a downtime"),
      })
      .nullable(),
  })
  .meta({ id: "Schedule", description: "What runs by itself, when it runs next, how it went last" });
