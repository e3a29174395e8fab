import { z } from "zod";
import { removeAlias, setAlias } from "../../../app/registry/aliases.ts";
import { aliasesOf, modelOf, putModel } from "../../../app/registry/models.ts";
import { requireRole } from "../../../app/keys/access-keys.ts";
import type { ModelEntry } from "../../../core/registry/registry-entries.ts";
import {
  modelChangeSchema,
  modelName,
  modelViewSchema,
  nameSchema,
  versionName,
} from "../../../schemas/api/registry-schemas.ts";
import { nextPage, pageQuerySchema } from "../../../schemas/api/page-schema.ts";
import type { ApiApp, ApiParts, RouteModule } from "../api-parts.ts";
import { describeRoute } from "../describe-route.ts";
import { pageOf } from "../pages.ts";
import { modelView } from "../views.ts";

const tag = "registry";
const modelParams = z.object({ model: modelName });
const aliasParams = z.object({
  model: modelName,
  alias: nameSchema.meta({ description: "`champion`, `challenger` or a name of your own", examples: ["challenger"] }),
});
const aliasesSchema = z
  .object({ aliases: z.record(z.string(), z.string()) })
  .meta({ description: "Names and the versions that they mean" });

/** Models and their aliases. */
export const modelRoutes: RouteModule = (app, parts) => {
  readModels(app, parts);
  changeModel(app, parts);
  aliases(app, parts);
};

function readModels(app: ApiApp, { plane }: ApiParts): void {
  const all = describeRoute({ role: "viewer", tag, id: "listModels", summary: "All models" });
  app.route({
    method: "GET",
    url: "/v1/models",
    config: all.config,
    schema: {
      ...all.words,
      querystring: pageQuerySchema,
      response: { 200: z.object({ models: z.array(modelViewSchema), next: nextPage }), ...all.problems },
    },
    handler: ({ query }) =>
      plane.store.read(async (state) => {
        const { documents, next } = await pageOf<ModelEntry>(state, "model", query);
        const models = [];
        for (const document of documents) models.push(await modelView(state, document));
        return { models, next };
      }),
  });

  const one = describeRoute({ role: "viewer", tag, id: "getModel", summary: "One model" });
  app.route({
    method: "GET",
    url: "/v1/models/:model",
    config: one.config,
    schema: { ...one.words, params: modelParams, response: { 200: modelViewSchema, ...one.problems } },
    handler: ({ params }) => plane.store.read(async (state) => modelView(state, await modelOf(state, params.model))),
  });
}

function changeModel(app: ApiApp, { plane }: ApiParts): void {
  const put = describeRoute({
    role: "operator",
    tag,
    id: "putModel",
    summary: "Make a model, or change what is said about it",
    description: "Registering a version makes the model too, with usual settings.",
  });
  app.route({
    method: "PUT",
    url: "/v1/models/:model",
    config: put.config,
    schema: {
      ...put.words,
      params: modelParams,
      body: modelChangeSchema,
      response: { 200: modelViewSchema, ...put.problems },
    },
    handler: ({ params, body, actor }) =>
      plane.store.change(actor, async (state) => {
        const { revision, ...said } = body;
        const wish = { ...said, name: params.model };
        const document = await putModel(state, wish, actor, plane.clock.now(), revision ?? undefined);
        return modelView(state, document);
      }),
  });
}

function aliases(app: ApiApp, { plane }: ApiParts): void {
  const list = describeRoute({ role: "viewer", tag, id: "listAliases", summary: "The aliases of a model" });
  app.route({
    method: "GET",
    url: "/v1/models/:model/aliases",
    config: list.config,
    schema: { ...list.words, params: modelParams, response: { 200: aliasesSchema, ...list.problems } },
    handler: ({ params }) =>
      plane.store.read(async (state) => {
        await modelOf(state, params.model);
        return { aliases: { ...(await aliasesOf(state, params.model)) } };
      }),
  });

  const set = describeRoute({
    role: "operator",
    tag,
    id: "setAlias",
    summary: "Point an alias at a version",
    description:
      "`champion` is what is live: it can be set once, where nothing is live yet (role approver), and follows the routing from then on.",
  });
  app.route({
    method: "PUT",
    url: "/v1/models/:model/aliases/:alias",
    config: set.config,
    schema: {
      ...set.words,
      params: aliasParams,
      body: z.strictObject({ version: versionName }).meta({ examples: [{ version: "3" }] }),
      response: { 200: aliasesSchema, ...set.problems },
    },
    handler: ({ params, body, actor }) => {
      if (params.alias === "champion") requireRole(actor.role, "approver");
      return plane.store.change(actor, async (state) => ({
        aliases: { ...(await setAlias(state, params.model, params.alias, body.version, actor)) },
      }));
    },
  });

  const remove = describeRoute({ role: "operator", tag, id: "removeAlias", summary: "Take an alias away" });
  app.route({
    method: "DELETE",
    url: "/v1/models/:model/aliases/:alias",
    config: remove.config,
    schema: { ...remove.words, params: aliasParams, response: { 200: aliasesSchema, ...remove.problems } },
    handler: ({ params, actor }) =>
      plane.store.change(actor, async (state) => ({
        aliases: { ...(await removeAlias(state, params.model, params.alias)) },
      })),
  });
}
