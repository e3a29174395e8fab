import { z } from "zod";
import { cohort } from "./gateway-file.ts";

const name = z.union([z.string().min(1), z.number()]);
const share = z.number().min(0).max(1);

/** A routing as the API takes it: the same keys as in the file. */
export const routingShape = z.strictObject({
  champion: name,
  cohorts: z.record(z.string(), cohort).optional(),
  standing: z.strictObject({ version: name, share }).optional(),
  shadow: z.record(z.string(), share).optional(),
  fallback: z.array(name).optional(),
  opt_out: name.optional(),
  revision: z.number().int().optional(),
});
