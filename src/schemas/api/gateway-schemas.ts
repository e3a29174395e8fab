import { z } from "zod";
import { nameSchema, timeSchema } from "./registry-schemas.ts";

export const pollSchema = z
  .strictObject({
    tag: z.string().max(100).nullable().default(null).describe("Of the orders that the gateway has; null: none"),
    revision: z.number().int().min(0).default(0).describe("The revision that it answers by, wholly"),
    address: z.string().max(500).nullable().default(null),
    problems: z.array(z.string().max(2000)).max(50).default([]),
    overrides: z
      .array(
        z.strictObject({
          id: z.string().min(1).max(200),
          kind: z.enum(["block", "boost", "opt-out"]),
          model: z.string().max(200).nullable(),
          expires: z.number().nullable(),
          reason: z.string().max(2000),
          by: z.string().max(2000),
        }),
      )
      .max(10_000)
      .optional()
      .describe("What people decided there over the model's head, for the audit trail; absent: it does not say"),
    errands: z
      .array(
        z.strictObject({
          id: z.string().min(1).max(200),
          problem: z.string().max(2000).nullable(),
          subject: z.string().max(2000).nullable(),
        }),
      )
      .max(1000)
      .optional()
      .describe("What became of the errands that it was given with the last answer"),
    rollbacks: z
      .array(
        z.strictObject({
          id: z.string().min(1).max(200),
          model: z.string().min(1).max(200),
          cohort: z.string().min(1).max(500).nullable(),
          to: z.string().min(1).max(200),
          reason: z.string().max(2000),
          by: z.string().max(2000),
          at: z.number(),
          revision: z.number().int().min(0),
        }),
      )
      .max(1000)
      .default([])
      .describe("What people rolled back there while the server could not be asked, oldest first"),
    waitSeconds: z.number().min(0).max(60).default(25),
  })
  .meta({ examples: [{ tag: null, revision: 0, address: "http://127.0.0.1:8080", problems: [], waitSeconds: 25 }] });

export const ordersSchema = z
  .object({
    tag: z.string(),
    orders: z
      .object({
        schema: z.literal("umpire.orders/1"),
        revision: z.number().int(),
        models: z.record(z.string(), z.record(z.string(), z.unknown())),
      })
      .nullable()
      .describe("Null: nothing changed while it waited"),
    errands: z
      .array(z.record(z.string(), z.unknown()))
      .optional()
      .describe("What people ask of this gateway by way of the server; answered with the next poll"),
    settled: z
      .array(z.object({ id: z.string(), overruled: z.string().nullable() }))
      .optional()
      .describe(
        "Reported rollbacks that stand no longer at the gateway: taken over, or overruled for the reason given",
      ),
  })
  .meta({ description: "What a gateway is to serve" });

export const gatewaySchema = z
  .object({
    id: z.string(),
    revision: z.number().int(),
    address: z.string().nullable(),
    problems: z.array(z.string()),
    seen: z.string(),
    silentSeconds: z.number(),
    hasKey: z.boolean().describe("False: it asks without a key, and is refused from the first key on"),
    agrees: z.boolean(),
  })
  .meta({ id: "Gateway", description: "A gateway as it was last heard of" });

export const overrideSchema = z
  .object({
    gateway: z.string(),
    id: z.string(),
    kind: z.enum(["block", "boost", "opt-out"]),
    model: z.string().nullable().describe("Null: every model"),
    expires: z.string().nullable().describe("Null: until it is removed"),
    reason: z.string(),
    by: z.string(),
  })
  .meta({ id: "Override", description: "What somebody decided over a model's head, without whose data it is about" });

const words = z.string().min(1).max(1000);

/** What the gateway itself checks is not checked twice: numbers of a boost, whether there is such a model. */
export const overrideWishSchema = z
  .strictObject({
    id: nameSchema
      .optional()
      .describe("The caller's own name of it, so that a request whose answer was lost may be sent again"),
    kind: z.enum(["block", "boost", "opt-out"]),
    item: words.optional().describe("Of a block or a boost: the item, or the record of this id"),
    unit: words.optional().describe("Of an opt-out; passed on to the gateways, and not kept here"),
    factor: z.number().optional().describe("Of a boost: the score times so much"),
    add: z.number().optional().describe("Of a boost: the score and so much"),
    limit: z.number().int().min(1).optional().describe("Of a boost: for so many predictions of each gateway"),
    model: words.nullable().default(null).describe("Null: every model"),
    expires: timeSchema.nullable().default(null).describe("Null: until it is ended"),
    reason: words.describe("Kept with it, and told to whoever asks"),
  })
  .meta({
    examples: [{ kind: "block", item: "film-17", reason: "recalled", expires: "2026-12-04T00:00:00Z" }],
  });

export const overrideDoneSchema = z
  .object({
    id: z.string(),
    done: z.array(z.string()).describe("Gateways that do it from their next request on"),
    failed: z.array(z.object({ gateway: z.string(), problem: z.string() })).describe("Gateways that do not, and why"),
  })
  .meta({ id: "OverrideDone", description: "At which gateways an override was entered or ended" });

export const overrideSubjectSchema = z
  .object({ id: z.string(), gateway: z.string(), subject: z.string() })
  .meta({ description: "Which item or unit an override is about, as its gateway says; nothing of it is kept here" });
