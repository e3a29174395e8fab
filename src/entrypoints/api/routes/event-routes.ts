import type { FastifyRequest } from "fastify";
import type { ApiParts, RouteModule } from "../api-parts.ts";
import { authorise } from "../authorise.ts";
import { describeRoute } from "../describe-route.ts";

/** Changes as they happen. */
export const eventRoutes: RouteModule = (app, parts) => {
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
      await parts.streams.open(request, reply, () => mayStill(request, parts));
      return reply;
    },
  });
};

function mayStill(request: FastifyRequest, parts: ApiParts): boolean {
  try {
    authorise(request, parts);
    return true;
  } catch {
    return false;
  }
}
