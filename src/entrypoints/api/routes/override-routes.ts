import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { GatewayDesk } from "../../../app/control/gateway-desk.ts";
import { Failure } from "../../../core/failures.ts";
import type { ErrandAnswer, ReportedOverride } from "../../../core/registry/gateway-orders.ts";
import {
  overrideDoneSchema,
  overrideSchema,
  overrideSubjectSchema,
  overrideWishSchema,
} from "../../../schemas/api/gateway-schemas.ts";
import type { RouteModule } from "../api-parts.ts";
import { describeRoute } from "../describe-route.ts";
import { copied, timeText } from "../views.ts";

const tag = "gateways";
const SILENT = 60_000;
/** A gateway that is there answers its next poll, which is within a second. */
const PATIENCE = 5_000;

const place = z.object({
  gateway: z
    .string()
    .min(1)
    .max(200)
    .meta({ description: "Name of the gateway", examples: ["eu-1"] }),
  id: z
    .string()
    .min(1)
    .max(200)
    .meta({ description: "Name of the override, as listed", examples: ["3286b369"] }),
});

/** What people decide over a model's head: seen, entered and ended at the gateways, by way of the server. */
export const overrideRoutes: RouteModule = (app, { plane, desk }) => {
  const list = describeRoute({
    role: "viewer",
    tag,
    id: "listOverrides",
    summary: "What people decided at gateways over a model's head, and by when it ends",
    description: "As gateways reported them; whose data an opt-out is about stays at the gateway.",
  });
  app.route({
    method: "GET",
    url: "/v1/overrides",
    config: list.config,
    schema: { ...list.words, response: { 200: z.object({ overrides: z.array(overrideSchema) }), ...list.problems } },
    handler: () =>
      plane.store.read(async (state) => {
        const found = await state.list<ReportedOverride>("override");
        return {
          overrides: found.map(({ id, body: { expires, ...override } }) => ({
            ...override,
            gateway: id.slice(0, id.indexOf("/")),
            expires: expires === null ? null : timeText(expires),
          })),
        };
      }),
  });

  const enter = describeRoute({
    role: "operator",
    tag,
    id: "enterOverride",
    summary: "Block or boost an item, or opt a unit out, at every gateway that is there",
    description:
      "Answers when the gateways have it: it counts from their next request on. A gateway that is away, or comes later, does not have it.",
  });
  app.route({
    method: "POST",
    url: "/v1/overrides",
    config: enter.config,
    schema: { ...enter.words, body: overrideWishSchema, response: { 201: overrideDoneSchema, ...enter.problems } },
    handler: async ({ body, actor }, reply) => {
      const { id = randomUUID() } = body;
      const override = { ...body, id, by: actor.name };
      const gateways = there(desk);
      const answers = await Promise.all(
        gateways.map((gateway) => desk.errands.send(gateway, { kind: "enter", override }, actor, PATIENCE)),
      );
      void reply.code(201);
      return outcome(id, gateways, answers);
    },
  });

  const end = describeRoute({
    role: "operator",
    tag,
    id: "endOverride",
    summary: "End an override at its gateway",
    description: "Counts from the gateway's next request on; the trail says who ended it.",
  });
  app.route({
    method: "DELETE",
    url: "/v1/overrides/:gateway/:id",
    config: end.config,
    schema: { ...end.words, params: place, response: { 200: overrideDoneSchema, ...end.problems } },
    handler: async ({ params: { gateway, id }, actor }) => {
      await mustBeListed(gateway, id);
      const answer = await desk.errands.send(gateway, { kind: "withdraw", override: id }, actor, PATIENCE);
      return outcome(id, [gateway], [answer]);
    },
  });

  const show = describeRoute({
    role: "operator",
    tag,
    id: "showOverride",
    summary: "Which item or unit an override is about",
    description: "Asked of its gateway at this moment; the server keeps nothing of it.",
  });
  app.route({
    method: "GET",
    url: "/v1/overrides/:gateway/:id",
    config: show.config,
    schema: { ...show.words, params: place, response: { 200: overrideSubjectSchema, ...show.problems } },
    handler: async ({ params: { gateway, id }, actor }) => {
      await mustBeListed(gateway, id);
      const answer = await desk.errands.send(gateway, { kind: "show", override: id }, actor, PATIENCE);
      const { failed } = outcome(id, [gateway], [answer]);
      if (answer?.subject == null)
        throw new Failure("NOT_FOUND", { message: failed[0]?.problem ?? "the gateway does not say" });
      return { id, gateway, subject: answer.subject };
    },
  });

  async function mustBeListed(gateway: string, id: string): Promise<void> {
    const found = await plane.store.read((state) => state.get("override", `${gateway}/${id}`));
    if (found === null)
      throw new Failure("NOT_FOUND", {
        message: `the gateway "${gateway}" reported no override "${id}"`,
        mend: ["GET /v1/overrides lists them; one that has ended needs no end"],
      });
  }
};

/** Gateways that were heard of within the last minute. @throws Failure CONFLICT where there is none */
function there(desk: GatewayDesk): string[] {
  const gateways = desk.gateways().filter(({ silent }) => silent < SILENT);
  if (gateways.length > 0) return gateways.map(({ id }) => id);
  throw new Failure("CONFLICT", {
    message: "no gateway follows this server at the moment, so that nothing was entered",
    mend: ["start one: umpire gateway --server ADDRESS", "or enter it at a gateway itself: umpire override --help"],
  });
}

/** @throws Failure USAGE, CONFLICT where not one gateway did it */
function outcome(
  id: string,
  gateways: readonly string[],
  answers: readonly (ErrandAnswer | null)[],
): z.infer<typeof overrideDoneSchema> {
  const done: string[] = [];
  const failed: { gateway: string; problem: string }[] = [];
  gateways.forEach((gateway, i) => {
    const answer = answers[i];
    if (answer == null) failed.push({ gateway, problem: "did not answer; the list says whether it has it" });
    else if (answer.problem === null) done.push(gateway);
    else failed.push({ gateway, problem: answer.problem });
  });
  if (done.length > 0) return copied({ id, done, failed });
  const refused = answers.some((answer) => answer !== null);
  throw new Failure(refused ? "USAGE" : "CONFLICT", {
    message: failed.map(({ gateway, problem }) => `gateway ${gateway}: ${problem}`).join("; "),
  });
}
