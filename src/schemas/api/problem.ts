import { z } from "zod";

/** RFC 9457, with our failure code and what to do. */
export const problemSchema = z
  .object({
    type: z.string().describe("`urn:umpire:failure:CODE`; the codes are in the reference"),
    title: z.string().describe("The sentence that the reference has for the code"),
    status: z.number().int().describe("The HTTP status again"),
    detail: z.string().describe("What happened, and where"),
    code: z.string().describe("The failure code"),
    mend: z.array(z.string()).describe("What to do next, one entry a line"),
    errors: z
      .array(z.object({ pointer: z.string(), detail: z.string() }))
      .describe("Each part of the request that does not fit, by JSON pointer"),
    instance: z.string().describe("Id of the request, as in the server's log"),
  })
  .meta({
    id: "Problem",
    description: "A problem (RFC 9457)",
    examples: [
      {
        type: "urn:umpire:failure:NOT_FOUND",
        title: "There is no model, version, data set, key … of this name on the server.",
        status: 404,
        detail: 'there is no model "film-rankr"',
        code: "NOT_FOUND",
        mend: ["nearest: film-ranker"],
        errors: [],
        instance: "req-1f",
      },
    ],
  });

export type Problem = z.infer<typeof problemSchema>;
