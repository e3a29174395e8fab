import { z } from "zod";
import { timeSchema } from "./registry-schemas.ts";

export const answerQuerySchema = z.strictObject({
  id: z
    .string()
    .min(1)
    .max(500)
    .describe("Of the answer or of its request, or the caller's own key")
    .meta({ examples: ["49bfb6ee-4728-4650-ba55-0fcc360c22d0"] }),
});

export const answersSchema = z
  .object({
    answers: z.array(
      z.object({
        id: z.string(),
        request: z.string(),
        key: z.string().nullable(),
        at: timeSchema.describe("When it was answered"),
        model: z.string(),
        version: z.string(),
        cohort: z.string(),
        arm: z.string(),
        overrides: z.array(z.object({ kind: z.string(), id: z.string(), reason: z.string() })),
        says: z.array(z.string()).describe("The answer and why it was given, in sentences to be read out"),
        features: z
          .record(z.string(), z.unknown())
          .nullable()
          .describe("As they came; null for who opted out, and for a caller whose role is below operator"),
      }),
    ),
    cut: z.boolean().describe("There are more"),
  })
  .meta({ id: "Answers", description: "Answers of gateways, as their log keeps them" });
