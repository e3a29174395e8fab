import { z } from "zod";
import { registerDataset } from "../../../app/registry/datasets.ts";
import { walkLineage } from "../../../app/registry/lineage.ts";
import type { DatasetEntry } from "../../../core/registry/registry-entries.ts";
import { datasetCreateSchema, datasetViewSchema, nameSchema } from "../../../schemas/api/registry-schemas.ts";
import { nextPage, pageFields } from "../../../schemas/api/page-schema.ts";
import { lineageSchema } from "../../../schemas/api/server-schemas.ts";
import type { RouteModule } from "../api-parts.ts";
import { describeRoute } from "../describe-route.ts";
import { pageOf } from "../pages.ts";
import { copied, datasetView } from "../views.ts";

const tag = "registry";
const nameParams = z.object({ name: nameSchema.meta({ description: "Name of a data set", examples: ["movies"] }) });

/** Data sets, and the graph that everything hangs in. */
export const datasetRoutes: RouteModule = (app, { plane }) => {
  const all = describeRoute({
    role: "viewer",
    tag,
    id: "listDatasets",
    summary: "All data sets as they were registered",
  });
  app.route({
    method: "GET",
    url: "/v1/datasets",
    config: all.config,
    schema: {
      ...all.words,
      querystring: z.strictObject({
        name: nameSchema.optional().meta({ description: "Only those of this name", examples: ["movies"] }),
        ...pageFields,
      }),
      response: { 200: z.object({ datasets: z.array(datasetViewSchema), next: nextPage }), ...all.problems },
    },
    handler: ({ query }) =>
      plane.store.read(async (state) => {
        const selection = query.name === undefined ? {} : { parent: query.name };
        const { documents, next } = await pageOf<DatasetEntry>(state, "dataset", query, selection);
        return { datasets: documents.map(datasetView), next };
      }),
  });

  const create = describeRoute({
    role: "operator",
    tag,
    id: "registerDataset",
    summary: "Register a data set as it is now, by the fingerprint of its contents",
  });
  app.route({
    method: "POST",
    url: "/v1/datasets/:name/versions",
    config: create.config,
    schema: {
      ...create.words,
      params: nameParams,
      body: datasetCreateSchema,
      response: { 201: datasetViewSchema, ...create.problems },
    },
    handler: async ({ params, body, actor }, reply) => {
      const document = await plane.store.change(actor, (state) =>
        registerDataset(state, { ...body, name: params.name }, actor, plane.clock.now()),
      );
      return reply.code(201).send(datasetView(document));
    },
  });

  const lineage = describeRoute({
    role: "viewer",
    tag,
    id: "lineage",
    summary: "What something was made from, and what was made with it",
    description:
      "Nodes are version:MODEL/VERSION, dataset:NAME@FINGERPRINT, commit:…, artifact:DIGEST, verdict:…, deployment:MODEL@REVISION.",
  });
  app.route({
    method: "GET",
    url: "/v1/lineage",
    config: lineage.config,
    schema: {
      ...lineage.words,
      querystring: z.strictObject({
        node: z
          .string()
          .min(1)
          .max(500)
          .meta({ description: "Where to start", examples: ["version:film-ranker/2"] }),
        direction: z.enum(["up", "down", "both"]).default("both"),
        depth: z.coerce.number().int().min(1).max(50).default(10),
      }),
      response: { 200: lineageSchema, ...lineage.problems },
    },
    handler: ({ query }) =>
      plane.store.read(async (state) =>
        copied<z.infer<typeof lineageSchema>>(await walkLineage(state, query.node, query.direction, query.depth)),
      ),
  });
};
