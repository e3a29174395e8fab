import { z } from "zod";
import { jsonValueSchema } from "./json-value.ts";
import { roles } from "../../core/access/roles.ts";
import { nameSchema, timeSchema } from "./registry-schemas.ts";

export const healthSchema = z
  .object({
    status: z.enum(["ok", "degraded"]),
    version: z.string(),
    problem: z.string().nullable().describe("Why no change can be kept; null: changes are taken"),
  })
  .meta({ description: "It answers" });

export const meSchema = z
  .object({ name: z.string(), role: z.enum(roles) })
  .meta({ description: "Who asks; without keys, whoever is on the server's machine is an admin" });

export const statusSchema = z
  .object({
    schema: z.literal("umpire.status/1"),
    version: z.string(),
    time: timeSchema,
    revision: z.number().int().describe("Of the routing state"),
    changes: z.number().int().describe("Entries in the audit trail"),
    problem: z.string().nullable().describe("Why no change can be kept; null: changes are taken"),
    models: z.array(
      z.object({
        name: z.string(),
        champion: z.string().nullable(),
        challenger: z.string().nullable(),
        versions: z.number().int(),
        since: timeSchema.nullable().describe("Since when the present routing holds"),
        reason: z.string().nullable(),
        by: z.string().nullable(),
        cohorts: z.array(
          z.object({ name: z.string(), arms: z.array(z.object({ version: z.string(), share: z.number() })) }),
        ),
      }),
    ),
    gateways: z.array(
      z.object({
        id: z.string(),
        revision: z.number().int(),
        agrees: z.boolean(),
        seen: timeSchema,
        problem: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: "Status", description: "How it stands, in one look" });

export const auditEntrySchema = z
  .object({
    sequence: z.number().int(),
    time: timeSchema,
    actor: z.string(),
    role: z.string(),
    action: z.string(),
    kind: z.string(),
    id: z.string(),
    before: z.string().nullable(),
    after: z.string().nullable(),
    detail: jsonValueSchema,
    previous: z.string(),
    hash: z.string(),
  })
  .meta({ id: "AuditEntry", description: "One change: who, when, what, and what it was before and after" });

export const trailCheckSchema = z
  .object({
    sound: z.boolean(),
    entries: z.number().int(),
    head: z.object({ sequence: z.number().int(), hash: z.string() }),
    problems: z.array(z.string()),
  })
  .meta({ id: "TrailCheck", description: "Whether the trail and what is stored fit" });

export const keyCreateSchema = z
  .strictObject({
    name: nameSchema,
    role: z.enum(roles),
    expires: timeSchema.nullable().default(null),
  })
  .meta({ examples: [{ name: "ci", role: "operator", expires: null }] });

export const keyViewSchema = z
  .object({ name: z.string(), role: z.enum(roles), created: timeSchema, expires: timeSchema.nullable() })
  .meta({ id: "Key", description: "A key, without the key" });

export const keyCreatedSchema = z
  .object({
    name: z.string(),
    role: z.enum(roles),
    key: z.string().describe("Shown this once; only its hash is kept"),
    cutOff: z
      .array(z.string())
      .describe("Gateways that ask without a key: they answer on, and hear of no change until they have one"),
  })
  .meta({ description: "A new key" });

export const lineageSchema = z
  .object({
    start: z.string(),
    nodes: z.array(z.string()),
    edges: z.array(z.object({ from: z.string(), to: z.string(), relation: z.string() })),
    cut: z.boolean(),
  })
  .meta({ id: "Lineage", description: "What something was made from, and what was made with it" });
