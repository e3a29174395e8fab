import { h } from "../report-page/dom.ts";
import { ask, choice } from "./ask.ts";
import { at, block, button, type Child, counted, link, p, type Shown, time, timeWords } from "./parts.ts";
import { refresh } from "./refresh.ts";
import { call, may } from "./server.ts";
import type { Alert, AlertList } from "./types.ts";

const severities = ["error", "warning", "info"];
const marks = { error: "✗ error", warning: "! warning", info: "· notice" } as const;

export async function alarmsView(): Promise<Shown> {
  const { alerts, total, undelivered } = await call<AlertList>("/v1/alerts?all=true&limit=200");
  const firing = alerts
    .filter(({ state }) => state === "firing")
    .toSorted(
      (a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity) || b.since.localeCompare(a.since),
    );
  const over = alerts.filter(({ state }) => state !== "firing");
  const title =
    firing.length === 0 ? "No alarm fires" : `${counted(firing.length, "alarm")} fire${firing.length === 1 ? "s" : ""}`;
  return {
    title,
    blocks: [
      block("alarms title", [title, total, undelivered], () =>
        h(
          "div",
          {},
          h("h1", {}, title),
          total > alerts.length ? p(`The first ${alerts.length} of ${total}.`, "quiet") : null,
          undelivered > 0 ? p(`${counted(undelivered, "notice")} could not be delivered yet.`, "bad") : null,
          alerts.length === 0
            ? p("Alarms come from monitors: start the server with a model's policy, umpire up --policy umpire.yaml.")
            : null,
        ),
      ),
      ...firing.map((alert) => block(`alarm ${alert.key}`, alert, () => alarm(alert))),
      ...(over.length === 0
        ? []
        : [block("alarms over", over, () => h("section", {}, h("h2", {}, "Recovered"), ...over.map(alarm)))]),
    ],
  };
}

function alarm(alert: Alert): HTMLElement {
  const bad = alert.severity === "error" && alert.state === "firing";
  return h(
    "article",
    {},
    h(
      "h3",
      { class: bad ? "bad" : null },
      `${alert.state === "firing" ? marks[alert.severity] : "✓ recovered"}: ${alert.message}`,
    ),
    p(["since ", time(alert.since)], "quiet"),
    alertFacts(alert),
    alert.state === "firing" ? alertActions(alert) : null,
  );
}

/** What helps to act: whose it is, how often, and what to do. */
export function alertFacts(alert: Alert): HTMLElement {
  const parts: Child[] = [
    alert.model === "" ? "the server" : link(at.model(alert.model), alert.model),
    alert.owner === null ? "" : ` · for ${alert.owner}`,
    ` · seen ${alert.count === 1 ? "once" : `${alert.count} times`}`,
    alert.snoozedUntil === null
      ? ""
      : ` · silent until ${timeWords(alert.snoozedUntil)}, by ${alert.snoozedBy ?? "somebody"}`,
  ];
  const actions = alert.actions.map((action) => h("li", {}, h("code", {}, action)));
  return h("div", {}, p(parts, "quiet"), actions.length === 0 ? null : h("ul", { class: "actions" }, ...actions));
}

export function alertActions(alert: Alert): HTMLElement | null {
  if (!may("operator")) return null;
  return h(
    "p",
    { class: "buttons" },
    button("Silence…", () => snooze(alert)),
    button("The cause is gone…", () => resolve(alert)),
  );
}

function snooze(alert: Alert): void {
  const minutes = choice("For", [
    ["60", "1 hour"],
    ["480", "8 hours"],
    ["1440", "1 day"],
    ["10080", "7 days"],
  ]);
  ask({
    title: "Silence this alarm?",
    body: [p(alert.message), p("It speaks up all the same when it grows more severe, and when it is over.", "quiet")],
    fields: [minutes],
    yes: "Silence it",
    act: async () => {
      await call("/v1/alerts/snooze", "POST", { key: alert.key, minutes: Number(minutes.input.value) });
      refresh();
      return `Silenced: ${alert.message}`;
    },
  });
}

function resolve(alert: Alert): void {
  ask({
    title: "Is the cause of this alarm gone?",
    body: [p(alert.message), p("Its end is told as its beginning was. It fires again when it is seen again.", "quiet")],
    yes: "The cause is gone",
    act: async () => {
      await call("/v1/alerts/resolve", "POST", { key: alert.key });
      refresh();
      return `Over: ${alert.message}`;
    },
  });
}
