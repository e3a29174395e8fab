import type { RouteModule } from "../api-parts.ts";
import { consolePage } from "../console/console-page.ts";
import { describeRoute } from "../describe-route.ts";

/** The page that an on-call engineer opens at night. Without a key it shows nothing but the field for one. */
export const consoleRoutes: RouteModule = (app) => {
  const route = describeRoute({
    role: "public",
    tag: "server",
    id: "console",
    summary: "The console: is it bad, since when, what changed, which button",
  });
  app.route({
    method: "GET",
    url: "/",
    config: route.config,
    schema: { ...route.words, produces: ["text/html"] },
    handler: async (_request, reply) => {
      const { html, policy } = await consolePage();
      return reply
        .header("content-type", "text/html; charset=utf-8")
        .header("content-security-policy", policy)
        .header("referrer-policy", "no-referrer")
        .send(html);
    },
  });
};
