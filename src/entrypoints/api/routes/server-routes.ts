import { z } from "zod";
import { serverStatus } from "../../../app/registry/server-status.ts";
import { healthSchema, meSchema, statusSchema } from "../../../schemas/api/server-schemas.ts";
import type { RouteModule } from "../api-parts.ts";
import { describeRoute } from "../describe-route.ts";
import { copied, timeText } from "../views.ts";

/** How the server is. */
export const serverRoutes: RouteModule = (app, parts) => {
  const health = describeRoute({ role: "public", tag: "server", id: "health", summary: "Whether the server answers" });
  app.route({
    method: "GET",
    url: "/health",
    config: health.config,
    schema: { ...health.words, response: { 200: healthSchema } },
    handler: async () => {
      const problem = await parts.plane.store.trouble();
      return { status: problem === null ? ("ok" as const) : ("degraded" as const), version: parts.version, problem };
    },
  });

  const description = describeRoute({ role: "public", tag: "server", id: "openApi", summary: "This description" });
  app.route({
    method: "GET",
    url: "/openapi.json",
    config: description.config,
    schema: { ...description.words, response: { 200: z.record(z.string(), z.unknown()) } },
    handler: () => ({ ...app.swagger() }),
  });

  const me = describeRoute({ role: "viewer", tag: "server", id: "whoAmI", summary: "Who asks, and with which role" });
  app.route({
    method: "GET",
    url: "/v1/me",
    config: me.config,
    schema: { ...me.words, response: { 200: meSchema, ...me.problems } },
    handler: ({ actor: { name, role } }) => ({ name, role }),
  });

  const status = describeRoute({
    role: "viewer",
    tag: "server",
    id: "status",
    summary: "What is live, since when, why, and whether the gateways agree",
  });
  app.route({
    method: "GET",
    url: "/v1/status",
    config: status.config,
    schema: { ...status.words, response: { 200: statusSchema, ...status.problems } },
    handler: async () => {
      const { plane, version } = parts;
      const now = plane.clock.now();
      const found = await plane.store.read((state) => serverStatus(state, parts.desk.gateways()));
      return copied<z.infer<typeof statusSchema>>({
        schema: "umpire.status/1",
        version,
        time: timeText(now),
        ...found,
        problem: await plane.store.trouble(),
        models: found.models.map((model) => ({ ...model, since: model.since === null ? null : timeText(model.since) })),
        gateways: found.gateways.map((gateway) => ({ ...gateway, seen: timeText(gateway.seen) })),
      });
    },
  });
};
