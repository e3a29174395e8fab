import { z } from "zod";
import type { ScheduleView } from "../../../app/schedules/scheduler.ts";
import { nameSchema } from "../../../schemas/api/registry-schemas.ts";
import { scheduleChangeSchema, scheduleViewSchema } from "../../../schemas/api/schedule-schemas.ts";
import type { RouteModule } from "../api-parts.ts";
import { describeRoute } from "../describe-route.ts";
import { copied, timeText } from "../views.ts";

const tag = "schedules";
const params = z.object({ name: nameSchema.meta({ description: "Name of the schedule", examples: ["trail"] }) });

/** What runs by itself. */
export const scheduleRoutes: RouteModule = (app, { scheduler }) => {
  const list = describeRoute({
    role: "viewer",
    tag,
    id: "listSchedules",
    summary: "What runs by itself, next and last",
  });
  app.route({
    method: "GET",
    url: "/v1/schedules",
    config: list.config,
    schema: {
      ...list.words,
      response: { 200: z.object({ schedules: z.array(scheduleViewSchema) }), ...list.problems },
    },
    handler: async () => ({ schedules: (await scheduler.list()).map(scheduleView) }),
  });

  const put = describeRoute({
    role: "operator",
    tag,
    id: "putSchedule",
    summary: "Let a job run by itself, or change when",
  });
  app.route({
    method: "PUT",
    url: "/v1/schedules/:name",
    config: put.config,
    schema: {
      ...put.words,
      params,
      body: scheduleChangeSchema,
      response: { 200: scheduleViewSchema, ...put.problems },
    },
    handler: async ({ params, body, actor }) =>
      scheduleView(await scheduler.put({ ...body, name: params.name }, actor)),
  });

  const run = describeRoute({ role: "operator", tag, id: "runSchedule", summary: "Start a schedule's job now" });
  app.route({
    method: "POST",
    url: "/v1/schedules/:name/run",
    config: run.config,
    schema: { ...run.words, params, response: { 202: z.object({ started: z.string() }), ...run.problems } },
    handler: async ({ params, actor }, reply) => {
      await scheduler.runNow(params.name, actor);
      return reply.code(202).send({ started: params.name });
    },
  });

  const remove = describeRoute({
    role: "operator",
    tag,
    id: "deleteSchedule",
    summary: "Let it run by itself no longer",
  });
  app.route({
    method: "DELETE",
    url: "/v1/schedules/:name",
    config: remove.config,
    schema: { ...remove.words, params, response: { 200: z.object({ deleted: z.string() }), ...remove.problems } },
    handler: async ({ params, actor }) => {
      await scheduler.remove(params.name, actor);
      return { deleted: params.name };
    },
  });
};

function scheduleView({ entry, progress, next }: ScheduleView): z.infer<typeof scheduleViewSchema> {
  const run = progress?.run ?? null;
  return copied({
    ...entry,
    next: next === null ? null : timeText(next),
    run:
      run === null
        ? null
        : { ...run, started: timeText(run.started), finished: run.finished === null ? null : timeText(run.finished) },
  });
}
