import { z } from "zod";
import { changeRouting, liveAt, routingHistory } from "../../../app/registry/routing.ts";
import { modelOf } from "../../../app/registry/models.ts";
import type { RoutingEntry } from "../../../core/registry/registry-entries.ts";
import { canonicalJson } from "../../../core/audit/canonical-json.ts";
import { InternalError } from "../../../core/failures.ts";
import { parseRouting } from "../../../schemas/api/parse-routing.ts";
import { nextPage, pageQuerySchema } from "../../../schemas/api/page-schema.ts";
import { modelName, timeSchema } from "../../../schemas/api/registry-schemas.ts";
import { liveViewSchema, routingChangeSchema, routingViewSchema } from "../../../schemas/api/routing-schemas.ts";
import type { ApiApp, ApiParts, RouteModule } from "../api-parts.ts";
import { describeRoute } from "../describe-route.ts";
import { pageOf } from "../pages.ts";
import { copied, routingView, timeText } from "../views.ts";

const tag = "routing";
const modelParams = z.object({ model: modelName });

/** Who answers whom, now and then. */
export const routingRoutes: RouteModule = (app, parts) => {
  history(app, parts);
  change(app, parts);
  live(app, parts);
};

function history(app: ApiApp, { plane }: ApiParts): void {
  const route = describeRoute({
    role: "viewer",
    tag,
    id: "routingHistory",
    summary: "Every change of who answers whom, newest first; the first one holds",
  });
  app.route({
    method: "GET",
    url: "/v1/models/:model/routing",
    config: route.config,
    schema: {
      ...route.words,
      params: modelParams,
      querystring: pageQuerySchema,
      response: { 200: z.object({ changes: z.array(routingViewSchema), next: nextPage }), ...route.problems },
    },
    handler: ({ params, query }) =>
      plane.store.read(async (state) => {
        await modelOf(state, params.model);
        const selection = { parent: params.model, newestFirst: true };
        const { documents, next } = await pageOf<RoutingEntry>(state, "routing", query, selection);
        return { changes: documents.map(routingView), next };
      }),
  });
}

function change(app: ApiApp, { plane }: ApiParts): void {
  const route = describeRoute({
    role: "approver",
    tag,
    id: "changeRouting",
    summary: "Say who answers whom, from now on",
    description:
      "Gateways follow within a second. A release in stages does this step by step; this is the way by hand.",
  });
  app.route({
    method: "PUT",
    url: "/v1/models/:model/routing",
    config: route.config,
    schema: {
      ...route.words,
      params: modelParams,
      body: routingChangeSchema,
      response: { 200: routingViewSchema, ...route.problems },
    },
    handler: ({ params, body, actor }) => {
      const routing = parseRouting(body.routing);
      return plane.store.change(actor, async (state) => {
        const [present] = await routingHistory(state, params.model, 1);
        // Sent again because its answer was lost, or what is so already: nothing to change.
        if (present !== undefined && canonicalJson(present.body.routing) === canonicalJson(routing)) {
          return routingView(present);
        }
        await changeRouting(state, {
          model: params.model,
          routing,
          reason: body.reason,
          by: actor.name,
          rollout: null,
          ...(body.revision === null ? {} : { expected: body.revision }),
        });
        const [latest] = await routingHistory(state, params.model, 1);
        if (latest === undefined) throw new InternalError("a change of the routing was not kept");
        return routingView(latest);
      });
    },
  });
}

function live(app: ApiApp, { plane }: ApiParts): void {
  const route = describeRoute({
    role: "viewer",
    tag,
    id: "liveAt",
    summary: "What was live at a time, for a cohort, and why",
  });
  app.route({
    method: "GET",
    url: "/v1/models/:model/live",
    config: route.config,
    schema: {
      ...route.words,
      params: modelParams,
      querystring: z.strictObject({
        at: timeSchema.optional().meta({ description: "RFC 3339; default now", examples: ["2026-11-01T12:00:00Z"] }),
        cohort: z
          .string()
          .min(1)
          .max(500)
          .default("all")
          .meta({ description: "`all`: whoever no cohort sends elsewhere", examples: ["low activity"] }),
      }),
      response: { 200: liveViewSchema, ...route.problems },
    },
    handler: async ({ params, query }) => {
      const now = plane.clock.now();
      const at = query.at === undefined ? now : Date.parse(query.at);
      const found = await plane.store.read((state) => liveAt(state, params.model, query.cohort, at, now));
      if (found === null) {
        const nothing = { since: null, revision: null, reason: null, by: null, rollout: null };
        const { model, cohort } = { model: params.model, cohort: query.cohort };
        return {
          model,
          cohort,
          at: timeText(at),
          cohorts: [],
          live: false,
          arms: [],
          shadows: [],
          fallback: [],
          ...nothing,
        };
      }
      return copied<z.infer<typeof liveViewSchema>>({
        ...found,
        at: timeText(at),
        live: true,
        since: timeText(found.since),
      });
    },
  });
}
