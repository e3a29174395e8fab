import { z } from "zod";
import { verifyTrail } from "../../../app/control/verify-trail.ts";
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
      querystring: z.object({
        after: z.coerce.number().int().min(0).optional().describe("Entries after this one, oldest first"),
        kind: z.string().max(100).optional(),
        id: z.string().max(500).optional(),
        limit: z.coerce.number().int().min(1).max(1000).default(50),
      }),
      response: { 200: z.object({ entries: z.array(auditEntrySchema) }), ...list.problems },
    },
    handler: async ({ query }) => {
      const { after, kind, id, limit } = query;
      const selection = {
        limit,
        newestFirst: after === undefined,
        ...(after === undefined ? {} : { after }),
        ...(kind === undefined ? {} : { kind }),
        ...(id === undefined ? {} : { id }),
      };
      return { entries: (await plane.store.read((state) => state.audit(selection))).map(auditView) };
    },
  });

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
      querystring: z.object({
        sequence: z.coerce.number().int().min(1).optional(),
        hash: z.string().length(64).optional(),
      }),
      response: { 200: trailCheckSchema, ...verify.problems },
    },
    handler: async ({ query: { sequence, hash } }) => {
      const noted = sequence === undefined || hash === undefined ? null : { sequence, hash };
      return copied<z.infer<typeof trailCheckSchema>>(await verifyTrail(plane.store, plane.artifacts, noted));
    },
  });
};
