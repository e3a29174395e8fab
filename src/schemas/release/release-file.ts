import { z } from "zod";

import { parseSpan } from "../../core/slices/slice-entry.ts";

/** The `release` section of a policy, with a description of every key. */
const span = z
  .string()
  .refine((text) => parseSpan(text) !== null, { error: "takes a span of time: 30s, 90m, 24h, 7d or 2w" })
  .meta({ id: "releaseSpan", pattern: "^\\d+(\\.\\d+)?\\s*[smhdw]$" });
const share = z.number().gt(0).max(1);
const names = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)], {
  error: "takes a name or a list of names",
});

const ruleKeys = {
  shares: z
    .array(share)
    .min(1)
    .optional()
    .describe("Shares of the cohort that get the challenger, one step after the other, rising. Default [0.1, 0.5]."),
  least_units: z.number().int().min(1).optional().describe("Fewest units in the smaller arm, per step. Default 500."),
  least: span.optional().describe("Shortest time of a step, such as 1h. Default 1h."),
  most: span.optional().describe("After this long without an answer, a person is asked. Default 14d."),
  advance: z.enum(["automatic", "ask"]).optional().describe("Who goes on when all is clear. Default automatic."),
  approve: names.optional().describe("Who may open the stage, by name; then it is always asked."),
};

const stage = z
  .strictObject({
    cohort: z.string().min(1).describe("A routable slice of this policy, or `everyone`."),
    ...ruleKeys,
  })
  .meta({ id: "releaseStage" });

const margin = z.number().min(0).describe("Harm that is tolerated.");
const rate = z
  .union(
    [
      z.literal(false),
      z.number().min(0),
      z.strictObject({
        margin: margin.optional(),
        most: z
          .number()
          .gt(0)
          .max(1)
          .optional()
          .describe("A rate that stops the challenger whatever the champion does."),
      }),
    ],
    { error: "takes a margin such as 0.01, { margin, most }, or false" },
  )
  .optional();
const plain = z.union([z.literal(false), z.number().min(0)], { error: "takes a margin, or false" }).optional();

const label = z
  .strictObject({
    label: z.string().min(1).optional().describe("Name of the label; default the guardrail's."),
    margin,
    better: z.enum(["more", "less"]).optional().describe("Default more."),
    loss: z
      .enum(["absolute", "squared", "log", "zero-one", "place"])
      .optional()
      .describe(
        "With it the guardrail is on the model's quality: how far predictions are from their labels; `place`, for rankings: how far down the list the items with a label above 0 stand (0 for the first place, else 1 less the discount of DCG).",
      ),
    within: span
      .optional()
      .describe(
        "Labels that come within this time count, for answers that are so old. Default: as long as labels are seen to take, in both arms.",
      ),
  })
  .meta({ id: "releaseLabel" });

export const releaseFile = z
  .strictObject({
    form: z
      .enum(["stages", "blue-green", "ab"])
      .optional()
      .describe(
        "`stages`: cohort by cohort. `blue-green`: all at once, the old one warm. `ab`: until a person ends it.",
      ),
    shadow: z
      .union(
        [
          z.literal(false),
          z.strictObject({
            sample: share.optional().describe("Share of requests that are copied. Default 1."),
            least_units: ruleKeys.least_units,
            least: ruleKeys.least,
            most: ruleKeys.most,
          }),
        ],
        { error: "takes { sample, least_units, least, most }, or false for none" },
      )
      .optional()
      .describe("The challenger sees copies of requests first, and answers nobody."),
    stages: z
      .union([z.literal("proposed"), z.array(stage).min(1)], { error: "takes a list of stages, or `proposed`" })
      .optional()
      .describe("In order. Default `proposed`: proven routable slices with the least weight first, then everyone."),
    ...ruleKeys,
    guardrails: z
      .strictObject({
        errors: rate.describe("Requests that the version could not answer. Default { margin: 0.01, most: 0.1 }."),
        latency: plain.describe(
          "Relative difference of the typical time, 10 ms added to both for what is around a prediction. Not in the shadow. Default 0.2.",
        ),
        fallback: rate.describe("Answers that another version had to give. Default 0.02."),
        answers: plain.describe("Largest distance between the two distributions of answers. Default 0.3."),
        labels: z
          .record(z.string(), label)
          .optional()
          .describe("Clicks, conversions, quality: by name, `{ label, margin, better, loss, within }`."),
      })
      .optional()
      .describe("What must not become worse. `false` takes one away."),
    alarm: z
      .number()
      .gt(0)
      .max(0.5)
      .optional()
      .describe("Chance that an equal challenger is ever called harmful, over the whole rollout. Default 0.05."),
    mismatch: z.number().gt(0).max(0.5).optional().describe("The same for a wrong split of the units. Default 0.01."),
    second_person: z
      .boolean()
      .optional()
      .describe(
        "Whoever registered the challenger or started the release opens nothing of it: another person consents, approves and advances. Default false.",
      ),
    breach: z
      .enum(["roll-back", "roll-back-cohort", "ask"])
      .optional()
      .describe("What a guardrail that fires does. Default roll-back."),
    standing: z
      .strictObject({ version: z.string().min(1), share })
      .optional()
      .describe("A share that always goes to a simpler version, so that the champion has something to beat."),
    reverse_shadow: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe("Share of requests that the replaced champion goes on seeing. Default 1."),
    settle: span.optional().describe("How long everyone is watched before the rollout is done. Default 1h."),
  })
  .meta({ id: "release" });

export type ReleaseFile = z.infer<typeof releaseFile>;
