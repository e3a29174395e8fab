import { z } from "zod";
import { parseSpan } from "../../core/slices/slice-entry.ts";

const span = z
  .string()
  .refine((text) => parseSpan(text) !== null, { error: "takes a span of time such as 30d, 24h or 90m" });
const paths = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)], {
  error: "takes a path or a list of paths",
});

const step = z
  .strictObject({
    name: z.string().min(1).describe("Says what the step does: collect, prepare, select features, train, validate."),
    run: z
      .array(z.string())
      .min(1)
      .optional()
      .describe("Program and arguments, in any language; no shell. `[python, train.py, --seed, ${seed}]`."),
    call: z
      .string()
      .min(1)
      .optional()
      .describe(
        "Instead of `run`: an address that does the step (POST, JSON). Secrets as ${NAME}, from the environment.",
      ),
    secret: z.string().optional().describe("Signs the call (HMAC-SHA256); as ${NAME}."),
    inputs: paths
      .optional()
      .describe("Files that it reads, relative to the policy; globs work. Their fingerprints are kept."),
    outputs: paths.optional().describe("Files that it writes. The step fails where one is missing afterwards."),
    parameters: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
      .optional()
      .describe("Fill ${NAME} in `run`, and are kept with the run."),
    timeout: span.optional().describe("The step is ended after this. Default 24h."),
  })
  .refine((file) => (file.run === undefined) !== (file.call === undefined), { error: "takes one of run and call" });

/** The `retrain` section of umpire.yaml. */
export const retrainingFile = z.strictObject({
  steps: z.array(step).min(1).describe("In order; the first that fails ends the run."),
  produces: z.string().min(1).describe("The file that is the new version: the challenger that is then judged."),
  final: z
    .strictObject({
      steps: z.array(step).min(1).describe("In order, after the judged version has passed."),
      produces: z.string().min(1).describe("The file that is the version trained on everything."),
    })
    .optional()
    .describe("Trains once more, on everything, after a pass; see `inherit`."),
  triggers: z
    .strictObject({
      schedule: z.string().optional().describe("Cron, five fields: `0 3 * * 1`."),
      time_zone: z.string().optional().describe("Of the schedule. Default UTC."),
      stale_after: span.optional().describe("When the champion is older than this."),
      drift: z.enum(["info", "warning", "error"]).optional().describe("When a drift alarm this severe fires."),
      performance: z
        .strictObject({
          metric: z.string().min(1).optional().describe("Default: that of `monitors.quality`."),
          below: z.number().min(0).optional().describe("Surely so far under the test data's value."),
          worse_than: z.number().optional().describe("Surely worse than this value, whatever the test data's."),
          source: z
            .enum(["measured", "estimated"])
            .optional()
            .describe("From labels, or before they come. Default measured."),
          slices: z
            .array(z.string().min(1))
            .min(1)
            .optional()
            .describe("Default: everything and what blocks releases."),
        })
        .refine(({ below, worse_than: worseThan }) => below === undefined || worseThan === undefined, {
          error: "takes one of below and worse_than",
        })
        .optional()
        .describe("When the quality of the live version has surely fallen; `{}`: as `monitors.quality` says."),
      rows: z.number().int().positive().optional().describe("When so many rows with labels have come."),
    })
    .optional()
    .describe("What asks for a run; a person always may."),
  cooldown: span.optional().describe("No run that nobody asked for sooner than this after the last. Default 24h."),
  most_per_week: z.number().int().min(1).optional().describe("Never more runs in seven days. Default 3."),
  inherit: z
    .strictObject({
      mean_difference: z.number().positive().optional().describe("Answers may differ by this much on average."),
      rank: z.number().min(0).max(1).optional().describe("Least rank correlation of the answers."),
      flips: z.number().min(0).max(1).optional().describe("Largest share of decisions that may differ."),
    })
    .optional()
    .describe("When a version retrained on everything inherits the verdict of the judged one: on every slice."),
});

export type RetrainingFile = z.infer<typeof retrainingFile>;
