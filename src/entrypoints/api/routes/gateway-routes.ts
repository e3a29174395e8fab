import { z } from "zod";
import { recordOverrides } from "../../../app/registry/gateway-overrides.ts";
import { restingWatch } from "../../../app/watch/model-watch.ts";
import { olderStateSignal } from "../../../app/watch/older-state.ts";
import type { Actor } from "../../../app/ports/control-store.ts";
import { routingState } from "../../../app/registry/routing.ts";
import { gatewaySchema, ordersSchema, pollSchema } from "../../../schemas/api/gateway-schemas.ts";
import { nameSchema } from "../../../schemas/api/registry-schemas.ts";
import type { RouteModule } from "../api-parts.ts";
import { authorise } from "../authorise.ts";
import { describeRoute } from "../describe-route.ts";
import { copied, timeText } from "../views.ts";

const tag = "gateways";
const SERVER: Actor = { name: "server", role: "system" };

/** What gateways follow and report. */
export const gatewayRoutes: RouteModule = (app, parts) => {
  const { plane, desk, rollouts, watch = restingWatch(parts.plane) } = parts;
  const list = describeRoute({
    role: "viewer",
    tag,
    id: "listGateways",
    summary: "Gateways as they were last heard of",
  });
  app.route({
    method: "GET",
    url: "/v1/gateways",
    config: list.config,
    schema: { ...list.words, response: { 200: z.object({ gateways: z.array(gatewaySchema) }), ...list.problems } },
    handler: async () => {
      const { revision } = await plane.store.read(routingState);
      const gateways = desk.gateways().map(({ seen, silent, problems, ...gateway }) => ({
        ...gateway,
        problems: [...problems],
        seen: timeText(seen),
        silentSeconds: Math.round(silent / 1000),
        agrees: gateway.revision === revision && problems.length === 0,
      }));
      return { gateways };
    },
  });

  const poll = describeRoute({
    role: "operator",
    tag,
    id: "pollOrders",
    repeat: "harmless",
    summary: "Report, and wait for orders other than those that are had",
    description: "Answers at once where there are others, else as soon as there are or when the time is over.",
  });
  app.route({
    method: "POST",
    url: "/v1/gateways/:id/poll",
    config: poll.config,
    schema: {
      ...poll.words,
      params: z.object({ id: nameSchema.meta({ description: "Name of the gateway", examples: ["eu-1"] }) }),
      body: pollSchema,
      response: { 200: ordersSchema, ...poll.problems },
    },
    handler: async (request, reply) => {
      const { params, body, actor, headers } = request;
      const hasKey = headers.authorization !== undefined || headers["x-api-key"] !== undefined;
      const { tag: had, waitSeconds, overrides, errands, rollbacks, ...said } = body;
      const { settled, problems } = await rollouts.takeGatewayRollbacks(params.id, rollbacks, actor);
      const report = { ...said, problems: [...said.problems, ...problems] };
      desk.hear(params.id, report, hasKey);
      const older = await plane.store.read((state) => olderStateSignal(state, params.id, report.revision));
      if (older !== null) await watch.alerts.signal(SERVER, [older]);
      const askedBy = (id: string) => desk.errands.askedBy(params.id, id);
      if (overrides !== undefined) await recordOverrides(plane, params.id, overrides, actor, askedBy);
      // Whoever asked finds what was done in the list.
      desk.errands.answer(params.id, errands ?? []);
      const gone = new AbortController();
      reply.raw.once("close", () => gone.abort());
      // What was settled just now is told at once.
      const wait = settled.some(({ isNew }) => isNew) ? 0 : waitSeconds;
      const found = await desk.next(had, 1000 * wait, gone.signal, params.id);
      // A key that was deleted, or has ended, while it waited gets no orders any more.
      authorise(request, parts);
      desk.hear(params.id, report, hasKey);
      const told = settled.length === 0 ? {} : { settled: settled.map(({ id, overruled }) => ({ id, overruled })) };
      if (found === null) return { tag: had ?? "", orders: null, ...told };
      const { tag: newest, errands: due } = found;
      const orders = newest === had ? null : found.orders;
      return copied<z.infer<typeof ordersSchema>>({
        tag: newest,
        orders,
        ...(due.length === 0 ? {} : { errands: due }),
        ...told,
      });
    },
  });
};
