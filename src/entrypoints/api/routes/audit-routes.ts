import { z } from "zod";
import { SharedWork } from "../../../app/control/shared-work.ts";
import { type TrailCheck, verifyTrail } from "../../../app/control/verify-trail.ts";
import { Failure } from "../../../core/failures.ts";
import { pageFields } from "../../../schemas/api/page-schema.ts";
import { digestSchema } from "../../../schemas/api/registry-schemas.ts";
import { auditEntrySchema, trailCheckSchema } from "../../../schemas/api/server-schemas.ts";
import type { RouteModule } from "../api-parts.ts";
import { describeRoute } from "../describe-route.ts";
import { auditView, copied } from "../views.ts";

const tag = "audit";

/** Who changed what. */
export const auditRoutes: RouteModule = (app, { plane }) => {
  const list = describeRoute({
    role: "viewer",
    tag,
    id: "listAudit",
    summary: "Changes, newest first, or onwards from one",
  });
  app.route({
    method: "GET",
    url: "/v1/audit",
    config: list.config,
    schema: {
      ...list.words,
      querystring: z.strictObject({
        after: z.coerce
          .number()
          .int()
          .min(0)
          .optional()
          .meta({ description: "Entries after this sequence number, oldest first", examples: [0] }),
        before: z.coerce
          .number()
          .int()
          .min(1)
          .optional()
          .meta({ description: "Entries before this sequence number, newest first", examples: [1000] }),
        kind: z
          .string()
          .max(100)
          .optional()
          .meta({ description: "What was changed: version, routing, key, …", examples: ["version"] }),
        id: z
          .string()
          .max(500)
          .optional()
          .meta({ description: "Which one", examples: ["film-ranker/2"] }),
        limit: pageFields.limit,
      }),
      response: { 200: z.object({ entries: z.array(auditEntrySchema) }), ...list.problems },
    },
    handler: async ({ query }) => {
      const { after, before, kind, id, limit } = query;
      const selection = {
        limit,
        newestFirst: after === undefined,
        ...(after === undefined ? {} : { after }),
        ...(before === undefined ? {} : { before }),
        ...(kind === undefined ? {} : { kind }),
        ...(id === undefined ? {} : { id }),
      };
      return { entries: (await plane.store.read((state) => state.audit(selection))).map(auditView) };
    },
  });

  // It reads every file: many who ask at once must not read them as many times.
  const checks = new SharedWork<TrailCheck>();
  const verify = describeRoute({
    role: "viewer",
    tag,
    id: "verifyAudit",
    summary: "Check the chain, and that what is stored is what the trail says",
    description: "`sequence` and `hash` of an entry that was noted elsewhere find a trail that was cut or made anew.",
  });
  app.route({
    method: "GET",
    url: "/v1/audit/verification",
    config: verify.config,
    schema: {
      ...verify.words,
      querystring: z.strictObject({
        sequence: z.coerce
          .number()
          .int()
          .min(1)
          .optional()
          .meta({ description: "Of the entry that was noted", examples: [1] }),
        hash: digestSchema.optional().meta({ description: "Of the entry that was noted", examples: ["00".repeat(32)] }),
      }),
      response: { 200: trailCheckSchema, ...verify.problems },
    },
    handler: async ({ query: { sequence, hash } }) => {
      if ((sequence === undefined) !== (hash === undefined)) {
        throw new Failure("USAGE", { message: "sequence and hash of a noted entry belong together; one is missing" });
      }
      const noted = sequence === undefined || hash === undefined ? null : { sequence, hash };
      const check = await checks.do(`${sequence}:${hash}`, () => verifyTrail(plane.store, plane.artifacts, noted));
      return copied<z.infer<typeof trailCheckSchema>>(check);
    },
  });
};
