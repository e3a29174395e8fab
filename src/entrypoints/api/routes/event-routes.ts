import type { RouteModule } from "../api-parts.ts";
import { describeRoute } from "../describe-route.ts";

/** Changes as they happen. */
export const eventRoutes: RouteModule = (app, { streams }) => {
  const route = describeRoute({
    role: "viewer",
    tag: "audit",
    id: "events",
    summary: "Changes as they happen: server-sent events",
    description:
      "Each event is an entry of the audit trail, its id the sequence number; Last-Event-ID brings what was missed.",
  });
  app.route({
    method: "GET",
    url: "/v1/events",
    config: route.config,
    schema: { ...route.words, produces: ["text/event-stream"] },
    handler: async (request, reply) => {
      await streams.open(request, reply);
      return reply;
    },
  });
};
