import { z } from "zod";

/** Parameters of every list that can grow. */
export const pageFields = {
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(100)
    .meta({ description: "How many", examples: [50] }),
  after: z.coerce
    .number()
    .int()
    .min(1)
    .optional()
    .meta({ description: "Go on where the page before ended: its `next`", examples: [1] }),
};

export const pageQuerySchema = z.strictObject(pageFields);

/** What every answer of a list says besides the list. */
export const nextPage = z
  .number()
  .int()
  .nullable()
  .describe("Ask for the next page with `after`; null: this is the last");
