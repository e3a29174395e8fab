import { z } from "zod";
import { jsonValueSchema } from "./json-value.ts";
import { nameSchema, timeSchema } from "./registry-schemas.ts";

const share = z.number().min(0).max(1);
const armSchema = z.strictObject({ version: nameSchema, share });

const cohortFields = {
  name: z.string().min(1).max(200),
  salt: z.string().min(1).max(200).describe("Id of the experiment: units fall into buckets of this salt"),
  arms: z.array(armSchema).max(20),
};

const routingFields = {
  champion: nameSchema,
  standing: z
    .strictObject({ version: nameSchema, share, salt: z.string().min(1).max(200) })
    .nullable()
    .default(null),
  shadows: z
    .array(z.strictObject({ version: nameSchema, sample: share }))
    .max(20)
    .default([]),
  fallback: z.array(nameSchema).max(20).default([]),
  optOut: nameSchema.nullable().default(null),
};

/** A routing as people write it: conditions as in the policy. */
export const routingWishSchema = z.strictObject({
  ...routingFields,
  cohorts: z
    .array(
      z.strictObject({
        ...cohortFields,
        where: z
          .record(z.string(), jsonValueSchema)
          .nullable()
          .default(null)
          .describe("A condition as in the policy; null: all"),
      }),
    )
    .max(200)
    .default([]),
});

export const routingChangeSchema = z
  .strictObject({
    routing: routingWishSchema,
    reason: z.string().min(1).max(2000),
    revision: z
      .number()
      .int()
      .min(0)
      .nullable()
      .default(null)
      .describe("The revision that was seen; null: whatever it is"),
  })
  .meta({
    examples: [
      {
        routing: {
          champion: "1",
          cohorts: [
            {
              name: "low activity",
              where: { user_activity: "low" },
              salt: "trial-7",
              arms: [{ version: "2", share: 0.1 }],
            },
          ],
          fallback: ["1"],
        },
        reason: "trial 7, agreed on Monday",
        revision: 1,
      },
    ],
  });

export const routingViewSchema = z
  .object({
    model: z.string(),
    revision: z.number().int(),
    routing: z.object({ ...routingFields, cohorts: z.array(z.object({ ...cohortFields, where: jsonValueSchema })) }),
    reason: z.string(),
    by: z.string(),
    rollout: z.string().nullable(),
    from: timeSchema,
  })
  .meta({ id: "RoutingChange", description: "One change of who answers whom" });

export const liveViewSchema = z
  .object({
    model: z.string(),
    cohort: z.string(),
    cohorts: z
      .array(z.string())
      .describe("Cohorts with a routing of their own then; any other is answered as everyone"),
    at: timeSchema,
    live: z.boolean(),
    arms: z.array(z.object({ version: z.string(), share: z.number(), as: z.enum(["champion", "arm", "standing"]) })),
    shadows: z.array(z.string()),
    fallback: z.array(z.string()),
    since: timeSchema.nullable(),
    revision: z.number().int().nullable(),
    reason: z.string().nullable(),
    by: z.string().nullable(),
    rollout: z.string().nullable(),
  })
  .meta({ id: "Live", description: "What answered a cohort at a time, and why" });
