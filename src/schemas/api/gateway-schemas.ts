import { z } from "zod";

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
