import { z } from "zod";
import { restingWatch } from "../../../app/watch/model-watch.ts";
import type { PendingNotice } from "../../../app/alerts/pending-notice.ts";
import type { Alert, AlertTarget } from "../../../core/alerts/alert.ts";
import {
  alertListSchema,
  type alertViewSchema,
  resolveSchema,
  snoozeSchema,
} from "../../../schemas/api/watch-schemas.ts";
import { pageFields } from "../../../schemas/api/page-schema.ts";
import type { RouteModule } from "../api-parts.ts";
import { describeRoute } from "../describe-route.ts";
import { copied, timeText } from "../views.ts";

const tag = "watch";
const worst: readonly Alert["severity"][] = ["error", "warning", "info"];

/** Alarms: which fire, silence for a while, done. */
export const alertRoutes: RouteModule = (app, { plane, watch = restingWatch(plane) }) => {
  const { alerts } = watch;
  const list = describeRoute({ role: "viewer", tag, id: "listAlerts", summary: "The alarms, those that fire first" });
  app.route({
    method: "GET",
    url: "/v1/alerts",
    config: list.config,
    schema: {
      ...list.words,
      querystring: z.strictObject({
        all: z.enum(["true", "false"]).default("false").describe("Those that have recovered too"),
        limit: pageFields.limit,
      }),
      response: { 200: alertListSchema, ...list.problems },
    },
    handler: async ({ query }) => {
      const found = (await alerts.list()).filter((alert) => query.all === "true" || alert.state === "firing");
      const shown = found.toSorted(
        (a, b) =>
          a.state.localeCompare(b.state) ||
          (a.state === "firing" ? worst.indexOf(a.severity) - worst.indexOf(b.severity) : 0) ||
          b.since - a.since,
      );
      const undelivered = await alerts.waiting();
      return {
        alerts: shown.slice(0, query.limit).map(alertView),
        total: shown.length,
        undelivered: undelivered.length,
        waiting: waitingView(undelivered),
      };
    },
  });

  const snooze = describeRoute({
    role: "operator",
    tag,
    id: "snoozeAlert",
    summary: "Silence an alarm for a while",
    description: "It speaks up all the same when it grows more severe, and when it is over.",
  });
  app.route({
    method: "POST",
    url: "/v1/alerts/snooze",
    config: snooze.config,
    schema: { ...snooze.words, body: snoozeSchema, response: { 200: alertListSchema, ...snooze.problems } },
    handler: async ({ body, actor }) => {
      await alerts.snooze(actor, body.key, body.minutes * 60_000);
      return one(await alerts.list(), body.key);
    },
  });

  const resolve = describeRoute({
    role: "operator",
    tag,
    id: "resolveAlert",
    summary: "Say that the cause of an alarm is gone",
    description: "Its end is told as its beginning was; it fires again when it is seen again.",
  });
  app.route({
    method: "POST",
    url: "/v1/alerts/resolve",
    config: resolve.config,
    schema: { ...resolve.words, body: resolveSchema, response: { 200: alertListSchema, ...resolve.problems } },
    handler: async ({ body, actor }) => {
      await alerts.resolve(actor, body.key);
      return one(await alerts.list(), body.key);
    },
  });

  function one(all: readonly Alert[], key: string): z.infer<typeof alertListSchema> {
    const found = all.filter((alert) => alert.key === key).map(alertView);
    return { alerts: found, total: found.length, undelivered: 0, waiting: [] };
  }
};

const channelName = ({ policy, channel }: AlertTarget): string => `${policy}/${channel}`;

/** What waits, by channel, as somebody who mends the channel wants to know it. */
function waitingView(pending: readonly PendingNotice[]): z.infer<typeof alertListSchema>["waiting"] {
  const groups = Map.groupBy(
    pending.flatMap(({ targets }) => targets),
    channelName,
  );
  return Array.from(groups, ([channel, targets]) => {
    const most = targets.reduce((a, b) => (b.attempts > a.attempts ? b : a));
    const { attempts, problem, nextAttempt } = most;
    return {
      channel,
      notices: targets.length,
      attempts,
      problem,
      nextAttempt: nextAttempt === 0 ? null : timeText(nextAttempt),
    };
  });
}

function alertView(alert: Alert): z.infer<typeof alertViewSchema> {
  const {
    since,
    lastSeen,
    snoozedUntil,
    lastTold: _told,
    lasts: _lasts,
    toldSeverity: _severity,
    snoozedAt: _at,
    toldTo = [],
    ...rest
  } = alert;
  return copied({
    ...rest,
    toldTo: toldTo.map(channelName),
    since: timeText(since),
    lastSeen: timeText(lastSeen),
    snoozedUntil: snoozedUntil === null ? null : timeText(snoozedUntil),
  });
}
