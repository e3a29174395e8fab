import { z } from "zod";
import { setAlias } from "../../../app/registry/aliases.ts";
import { SteadyTime } from "../../../app/control/steady-time.ts";
import { deleteVersion } from "../../../app/registry/deletion.ts";
import { modelOf } from "../../../app/registry/models.ts";
import { registerVersion, versionOf } from "../../../app/registry/versions.ts";
import { attachVerdict } from "../../../app/registry/verdicts.ts";
import type { VerdictEntry, VersionEntry } from "../../../core/registry/registry-entries.ts";
import { Failure } from "../../../core/failures.ts";
import {
  attachmentSchema,
  modelName,
  nameSchema,
  registeredSchema,
  verdictAttachSchema,
  verdictViewSchema,
  versionCreateSchema,
  versionName,
  versionViewSchema,
} from "../../../schemas/api/registry-schemas.ts";
import { nextPage, pageQuerySchema } from "../../../schemas/api/page-schema.ts";
import { ruleOf } from "../../../schemas/api/parse-routing.ts";
import type { ApiApp, ApiParts, RouteModule } from "../api-parts.ts";
import { describeRoute } from "../describe-route.ts";
import { pageOf } from "../pages.ts";
import { verdictView, versionView } from "../views.ts";

const tag = "registry";
const modelParams = z.object({ model: modelName });
const versionParams = z.object({ model: modelName, version: versionName });

/** Versions, their verdicts, cards and checklists. */
export const versionRoutes: RouteModule = (app, parts) => {
  readVersions(app, parts);
  register(app, parts);
  remove(app, parts);
  verdicts(app, parts);
  attachments(app, parts);
};

function readVersions(app: ApiApp, { plane }: ApiParts): void {
  const all = describeRoute({
    role: "viewer",
    tag,
    id: "listVersions",
    summary: "The versions of a model, newest first",
  });
  app.route({
    method: "GET",
    url: "/v1/models/:model/versions",
    config: all.config,
    schema: {
      ...all.words,
      params: modelParams,
      querystring: pageQuerySchema,
      response: { 200: z.object({ versions: z.array(versionViewSchema), next: nextPage }), ...all.problems },
    },
    handler: ({ params, query }) =>
      plane.store.read(async (state) => {
        await modelOf(state, params.model);
        const selection = { parent: params.model, newestFirst: true };
        const { documents, next } = await pageOf<VersionEntry>(state, "version", query, selection);
        const versions = [];
        for (const one of documents) versions.push(await versionView(state, one));
        return { versions, next };
      }),
  });

  const one = describeRoute({ role: "viewer", tag, id: "getVersion", summary: "One version, by its name or an alias" });
  app.route({
    method: "GET",
    url: "/v1/models/:model/versions/:version",
    config: one.config,
    schema: { ...one.words, params: versionParams, response: { 200: versionViewSchema, ...one.problems } },
    handler: ({ params }) =>
      plane.store.read(async (state) => versionView(state, await versionOf(state, params.model, params.version))),
  });
}

function register(app: ApiApp, { plane }: ApiParts): void {
  const create = describeRoute({
    role: "operator",
    tag,
    id: "registerVersion",
    summary: "Register an immutable version",
    description:
      "A file is sent to /v1/artifacts before. The same again answers 200 and changes nothing; something else under the name is a conflict.",
  });
  app.route({
    method: "POST",
    url: "/v1/models/:model/versions",
    config: create.config,
    schema: {
      ...create.words,
      params: modelParams,
      body: versionCreateSchema,
      response: { 200: registeredSchema, 201: registeredSchema, ...create.problems },
    },
    handler: async ({ params, body, actor }, reply) => {
      const { aliases, ...wish } = body;
      const stray = aliases.find((alias) => alias === "champion");
      if (stray !== undefined) {
        throw new Failure("USAGE", {
          where: "aliases",
          message: "champion is what is live, and is not given at registration",
          mend: [
            `the first one, once it is registered: umpire models alias ${params.model} champion VERSION`,
            `any later one: umpire release start ${params.model} VERSION`,
          ],
        });
      }
      if (wish.artifact.kind === "rule") ruleOf(wish.artifact.rule, "artifact.rule");
      const { version, isNew } = await registerVersion(plane, { ...wish, model: params.model }, actor);
      const view = await plane.store.change(actor, async (state) => {
        for (const alias of aliases) await setAlias(state, params.model, alias, version.body.version, actor);
        return { ...(await versionView(state, version)), isNew };
      });
      return reply.code(isNew ? 201 : 200).send(view);
    },
  });
}

function remove(app: ApiApp, { plane }: ApiParts): void {
  const time = new SteadyTime(plane.clock);
  const remove = describeRoute({
    role: "admin",
    tag,
    id: "deleteVersion",
    summary: "Delete a version",
    description: "Refused for what is live, referenced or within the retention.",
  });
  app.route({
    method: "DELETE",
    url: "/v1/models/:model/versions/:version",
    config: remove.config,
    schema: {
      ...remove.words,
      params: versionParams,
      response: { 200: z.object({ deleted: z.string() }), ...remove.problems },
    },
    handler: async ({ params, actor }) => {
      await deleteVersion(plane, params.model, params.version, actor, time.surely());
      return { deleted: `${params.model}/${params.version}` };
    },
  });
}

function verdicts(app: ApiApp, { plane }: ApiParts): void {
  const list = describeRoute({
    role: "viewer",
    tag,
    id: "listVerdicts",
    summary: "The verdicts on a version, newest first",
  });
  app.route({
    method: "GET",
    url: "/v1/models/:model/versions/:version/verdicts",
    config: list.config,
    schema: {
      ...list.words,
      params: versionParams,
      querystring: pageQuerySchema,
      response: { 200: z.object({ verdicts: z.array(verdictViewSchema), next: nextPage }), ...list.problems },
    },
    handler: ({ params, query }) =>
      plane.store.read(async (state) => {
        const { id } = await versionOf(state, params.model, params.version);
        const selection = { parent: id, newestFirst: true };
        const { documents, next } = await pageOf<VerdictEntry>(state, "verdict", query, selection);
        return { verdicts: documents.map(verdictView), next };
      }),
  });

  const attach = describeRoute({
    role: "operator",
    tag,
    id: "attachVerdict",
    summary: "Attach a verdict to the version that it judged",
    description: "It is recomputed from its evidence; what its evidence does not give is refused.",
  });
  app.route({
    method: "POST",
    url: "/v1/models/:model/versions/:version/verdicts",
    config: attach.config,
    schema: {
      ...attach.words,
      params: versionParams,
      body: verdictAttachSchema,
      response: { 201: verdictViewSchema, ...attach.problems },
    },
    handler: async ({ params, body, actor }, reply) => {
      const attached = await attachVerdict(plane, { ...params, ...body }, actor);
      return reply.code(201).send(verdictView(attached));
    },
  });
}

function attachments(app: ApiApp, { plane }: ApiParts): void {
  const params = z.object({
    model: modelName,
    version: versionName,
    name: nameSchema.meta({ description: "`card`, `checklist`, or a name of your own", examples: ["card"] }),
  });
  const id = (version: string, name: string): string => `${version}/${name}`;
  const put = describeRoute({
    role: "operator",
    tag,
    id: "putAttachment",
    summary: "Attach a card, a checklist or another document",
  });
  app.route({
    method: "PUT",
    url: "/v1/models/:model/versions/:version/attachments/:name",
    config: put.config,
    schema: { ...put.words, params, body: attachmentSchema, response: { 200: attachmentSchema, ...put.problems } },
    handler: ({ params: { model, version, name }, body, actor }) =>
      plane.store.change(actor, async (state) => {
        const parent = (await versionOf(state, model, version)).id;
        const document = { kind: "attachment", id: id(parent, name), parent, body, action: "attachment.put" };
        return (await state.put(document)).body;
      }),
  });

  const all = describeRoute({ role: "viewer", tag, id: "listAttachments", summary: "Names of a version's documents" });
  app.route({
    method: "GET",
    url: "/v1/models/:model/versions/:version/attachments",
    config: all.config,
    schema: {
      ...all.words,
      params: versionParams,
      response: { 200: z.object({ attachments: z.array(z.string()) }), ...all.problems },
    },
    handler: ({ params: { model, version } }) =>
      plane.store.read(async (state) => {
        const { id: parent } = await versionOf(state, model, version);
        const found = await state.list("attachment", { parent });
        return { attachments: found.map((one) => one.id.slice(parent.length + 1)) };
      }),
  });

  const get = describeRoute({ role: "viewer", tag, id: "getAttachment", summary: "A document of a version" });
  app.route({
    method: "GET",
    url: "/v1/models/:model/versions/:version/attachments/:name",
    config: get.config,
    schema: { ...get.words, params, response: { 200: attachmentSchema, ...get.problems } },
    handler: ({ params: { model, version, name } }) =>
      plane.store.read(async (state) => {
        const { id: parent } = await versionOf(state, model, version);
        const found = await state.get<z.infer<typeof attachmentSchema>>("attachment", id(parent, name));
        if (found !== null) return found.body;
        const names = (await state.list("attachment", { parent })).map((one) => one.id.slice(parent.length + 1));
        throw new Failure("NOT_FOUND", {
          message: `the version has no "${name}"`,
          mend: [`it has: ${names.join(", ") || "none"}`],
        });
      }),
  });
}
