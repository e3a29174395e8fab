import { z } from "zod";
import type { SliceQuality } from "../../../core/monitors/watch-quality.ts";
import { Failure } from "../../../core/failures.ts";
import type { LookEntry } from "../../../app/watch/look-entry.ts";
import type { QualityLook } from "../../../app/watch/quality-look.ts";
import { restingWatch } from "../../../app/watch/model-watch.ts";
import type { RetrainingEntry } from "../../../app/watch/retraining-entry.ts";
import { modelOf } from "../../../app/registry/models.ts";
import { nextPage, pageQuerySchema } from "../../../schemas/api/page-schema.ts";
import { modelName, nameSchema } from "../../../schemas/api/registry-schemas.ts";
import {
  lookViewSchema,
  qualityViewSchema,
  retrainingViewSchema,
  runLogsQuerySchema,
  runLogsSchema,
} from "../../../schemas/api/watch-schemas.ts";
import type { RouteModule } from "../api-parts.ts";
import { describeRoute } from "../describe-route.ts";
import { pageOf } from "../pages.ts";
import { copied, timeText } from "../views.ts";

const tag = "watch";
const modelParams = z.object({ model: modelName });

/** Looks at the prediction log, and retraining. */
export const retrainingRoutes: RouteModule = (app, { plane, runLogs, watch = restingWatch(plane) }) => {
  const look = describeRoute({
    role: "operator",
    tag,
    id: "lookNow",
    summary: "Hold the prediction log against the reference now",
    description: "The server does this by itself as often as the policy says; periods that are not over wait.",
  });
  app.route({
    method: "POST",
    url: "/v1/models/:model/look",
    config: look.config,
    schema: { ...look.words, params: modelParams, response: { 200: lookViewSchema, ...look.problems } },
    handler: async ({ params }) => lookView(await watch.look(params.model)),
  });

  const lastLook = describeRoute({
    role: "viewer",
    tag,
    id: "getLook",
    summary: "What the last look at the prediction log found: drift and quality by slice",
  });
  app.route({
    method: "GET",
    url: "/v1/models/:model/look",
    config: lastLook.config,
    schema: { ...lastLook.words, params: modelParams, response: { 200: lookViewSchema, ...lastLook.problems } },
    handler: ({ params }) =>
      plane.store.read(async (state) => {
        await modelOf(state, params.model);
        const found = await state.get<LookEntry>("look", params.model);
        if (found !== null) return lookView(found.body);
        throw notLookedAt(params.model, "the prediction log");
      }),
  });

  const quality = describeRoute({
    role: "viewer",
    tag,
    id: "getQuality",
    summary: "How the live version does in production, by slice and period",
    description: "As the last look at the prediction log found it: measured with labels, and estimated without.",
  });
  app.route({
    method: "GET",
    url: "/v1/models/:model/quality",
    config: quality.config,
    schema: { ...quality.words, params: modelParams, response: { 200: qualityViewSchema, ...quality.problems } },
    handler: ({ params }) =>
      plane.store.read(async (state) => {
        await modelOf(state, params.model);
        const look = await state.get<LookEntry>("look", params.model);
        if (look?.body.quality) return qualityView(look.body.quality);
        throw notLookedAt(params.model, "the quality");
      }),
  });

  const list = describeRoute({
    role: "viewer",
    tag,
    id: "listRetrainings",
    summary: "The retrainings of a model, newest first",
  });
  app.route({
    method: "GET",
    url: "/v1/models/:model/retrainings",
    config: list.config,
    schema: {
      ...list.words,
      params: modelParams,
      querystring: pageQuerySchema,
      response: {
        200: z.object({ retrainings: z.array(retrainingViewSchema), next: nextPage }),
        ...list.problems,
      },
    },
    handler: ({ params, query }) =>
      plane.store.read(async (state) => {
        await modelOf(state, params.model);
        const selection = { parent: params.model, newestFirst: true };
        const { documents, next } = await pageOf<RetrainingEntry>(state, "retraining", query, selection);
        return { retrainings: documents.map(({ body }) => retrainingView(body)), next };
      }),
  });

  const logs = describeRoute({
    role: "operator",
    tag,
    id: "getRunLogs",
    summary: "What the steps of a retraining wrote, the end of each log; also while it runs",
  });
  app.route({
    method: "GET",
    url: "/v1/models/:model/retrainings/:run/logs",
    config: logs.config,
    schema: {
      ...logs.words,
      params: modelParams.extend({
        run: nameSchema.meta({ description: "The run, as listed", examples: ["20261127T155956Z-c98c"] }),
      }),
      querystring: runLogsQuerySchema,
      response: { 200: runLogsSchema, ...logs.problems },
    },
    handler: async ({ params: { model, run }, query }) => {
      const found = await plane.store.read((state) => state.get("retraining", `${model}/${run}`));
      if (found === null) throw new Failure("NOT_FOUND", { message: `"${model}" has no retraining "${run}"` });
      return { logs: [...((await runLogs?.tails(run, query.bytes)) ?? [])] };
    },
  });

  const begin = describeRoute({
    role: "operator",
    tag,
    id: "retrain",
    summary: "Train again by the steps of the policy, register and judge what comes out",
    description: "Answers when it has begun. The weekly limit holds for people too, the cool-down does not.",
  });
  app.route({
    method: "POST",
    url: "/v1/models/:model/retrainings",
    config: begin.config,
    schema: { ...begin.words, params: modelParams, response: { 202: retrainingViewSchema, ...begin.problems } },
    handler: async ({ params, actor }, reply) =>
      reply.code(202).send(retrainingView(await watch.retrain(params.model, actor))),
  });

  function notLookedAt(model: string, what: string): Failure {
    return new Failure("NOT_FOUND", {
      message: `${what} of "${model}" has not been looked at yet`,
      mend: [
        watch.models.includes(model)
          ? `POST /v1/models/${model}/look looks now`
          : "start the server with the model's policy: umpire server --policy umpire.yaml",
      ],
    });
  }
};

function lookView(found: LookEntry): z.infer<typeof lookViewSchema> {
  return copied({
    ...found,
    at: timeText(found.at),
    until: found.until === null ? null : timeText(found.until),
    quality: found.quality == null ? null : qualityView(found.quality),
  });
}

function qualityView(look: QualityLook): z.infer<typeof qualityViewSchema> {
  const timed = (slice: SliceQuality) => ({
    ...slice,
    // Looks kept by earlier versions of Umpire have none.
    spread: (slice as Partial<SliceQuality>).spread ?? null,
    method: (slice as Partial<SliceQuality>).method ?? null,
    assumes: (slice as Partial<SliceQuality>).assumes ?? null,
    since: slice.since === null ? null : timeText(slice.since),
    periods: slice.periods.map((period) => ({
      ...period,
      from: timeText(period.from),
      until: timeText(period.until),
    })),
  });
  return copied({ ...look, measured: look.measured.map(timed), estimated: look.estimated.map(timed) });
}

function retrainingView(entry: RetrainingEntry): z.infer<typeof retrainingViewSchema> {
  const { started, ended } = entry;
  return copied({ ...entry, started: timeText(started), ended: ended === null ? null : timeText(ended) });
}
