import { z } from "zod";
import { requireRole } from "../../../app/keys/access-keys.ts";
import { previewRollback } from "../../../app/rollout/roll-back.ts";
import type { RolloutCommand } from "../../../app/rollout/rollout-control.ts";
import type { Role } from "../../../core/access/roles.ts";
import { modelName, versionName } from "../../../schemas/api/registry-schemas.ts";
import {
  advanceSchema,
  approvalSchema,
  reasonSchema,
  releasePlanSchema,
  releaseViewSchema,
  releaseWishSchema,
  rollbackSchema,
  rolledBackSchema,
} from "../../../schemas/api/release-schemas.ts";
import type { ApiApp, ApiParts, RouteModule } from "../api-parts.ts";
import { describeRoute } from "../describe-route.ts";
import { planView, releaseView } from "../release-views.ts";
import { copied } from "../views.ts";

const tag = "releases";
const params = z.object({ model: modelName });

/** Releases in stages, and the way back. */
export const releaseRoutes: RouteModule = (app, parts) => {
  view(app, parts);
  plan(app, parts);
  start(app, parts);
  commands(app, parts);
  preview(app, parts);
  rollback(app, parts);
};

function view(app: ApiApp, { rollouts }: ApiParts): void {
  const route = describeRoute({
    role: "viewer",
    tag,
    id: "getRelease",
    summary: "The newest release of a model: where it is, its evidence, what was decided",
  });
  app.route({
    method: "GET",
    url: "/v1/models/:model/release",
    config: route.config,
    schema: { ...route.words, params, response: { 200: releaseViewSchema, ...route.problems } },
    handler: async ({ params: { model } }) => releaseView(await rollouts.view(model)),
  });
}

function plan(app: ApiApp, { rollouts }: ApiParts): void {
  const route = describeRoute({
    role: "operator",
    tag,
    id: "planRelease",
    repeat: "harmless",
    summary: "The stages of a release with units and days to decision; starts nothing",
  });
  app.route({
    method: "POST",
    url: "/v1/models/:model/release/plan",
    config: route.config,
    schema: {
      ...route.words,
      params,
      body: releaseWishSchema,
      response: { 200: releasePlanSchema, ...route.problems },
    },
    handler: async ({ params: { model }, body }) => planView(await rollouts.plan({ ...body, model })),
  });
}

function start(app: ApiApp, { rollouts }: ApiParts): void {
  const route = describeRoute({
    role: "operator",
    tag,
    id: "startRelease",
    summary: "Start a release: in stages, all at once, or as an A/B test",
    description: "Where the challenger was not proven on the first stage, it asks; `consent` answers in advance.",
  });
  app.route({
    method: "POST",
    url: "/v1/models/:model/release",
    config: route.config,
    schema: {
      ...route.words,
      params,
      body: releaseWishSchema,
      response: { 201: releaseViewSchema, ...route.problems },
    },
    handler: async ({ params: { model }, body: { consent, ...wish }, actor }, reply) => {
      if (consent) requireRole(actor.role, "approver");
      const started = await rollouts.start({ ...wish, model }, actor, consent ? actor.name : null);
      return reply.code(201).send(releaseView(started));
    },
  });
}

function commands(app: ApiApp, parts: ApiParts): void {
  command(app, parts, "approve", "approver", "Say yes to what a release asks, for the evidence named", approvalSchema);
  command(app, parts, "hold", "operator", "Hold a release: traffic stays as it is, the brake works on", reasonSchema);
  command(app, parts, "resume", "operator", "Let a held release go on", z.strictObject({}).meta({ examples: [{}] }));
  command(app, parts, "advance", "approver", "Open the next step ahead of the numbers", advanceSchema);
}

function command<Body extends z.ZodType<object>>(
  app: ApiApp,
  { rollouts }: ApiParts,
  kind: RolloutCommand["kind"],
  role: Role,
  summary: string,
  body: Body,
): void {
  const route = describeRoute({ role, tag, id: `${kind}Release`, summary });
  app.route({
    method: "POST",
    url: `/v1/models/:model/release/${kind}`,
    config: route.config,
    schema: { ...route.words, params, body, response: { 200: releaseViewSchema, ...route.problems } },
    handler: async (request) => {
      const said = { kind, ...(request.body as object) } as RolloutCommand;
      return releaseView(await rollouts.command(request.params.model, said, request.actor));
    },
  });
}

function preview(app: ApiApp, { plane }: ApiParts): void {
  const route = describeRoute({
    role: "viewer",
    tag,
    id: "previewRollback",
    summary: "What a rollback would do; does nothing",
  });
  app.route({
    method: "GET",
    url: "/v1/models/:model/rollback",
    config: route.config,
    schema: {
      ...route.words,
      params,
      querystring: z.strictObject({
        to: versionName.optional(),
        cohort: z
          .string()
          .min(1)
          .max(500)
          .optional()
          .meta({ description: "Only this cohort", examples: ["low activity"] }),
      }),
      response: { 200: rolledBackSchema, ...route.problems },
    },
    handler: ({ params: { model }, query: { to = null, cohort = null }, actor }) =>
      plane.store.read(async (state) =>
        copied<z.infer<typeof rolledBackSchema>>(
          await previewRollback(state, { model, to, cohort, reason: "" }, actor.name),
        ),
      ),
  });
}

function rollback(app: ApiApp, { rollouts }: ApiParts): void {
  const route = describeRoute({
    role: "operator",
    tag,
    id: "rollBack",
    summary: "Back to a kept version at once, for everyone or one cohort; asks no numbers, does nothing twice",
  });
  app.route({
    method: "POST",
    url: "/v1/models/:model/rollback",
    config: route.config,
    schema: { ...route.words, params, body: rollbackSchema, response: { 200: rolledBackSchema, ...route.problems } },
    handler: async ({ params: { model }, body, actor }) =>
      copied<z.infer<typeof rolledBackSchema>>(await rollouts.rollBack({ ...body, model }, actor)),
  });
}
