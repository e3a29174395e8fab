/** What an on-call engineer opens at night: is it bad, since when, what changed, what is the button. */
import { h } from "../report-page/dom.ts";
import { alertActions, alertFacts } from "./alarms-view.ts";
import {
  at,
  block,
  type Block,
  type Child,
  counted,
  folded,
  link,
  p,
  section,
  type Shown,
  table,
  time,
} from "./parts.ts";
import { releaseAtHand, whoMust } from "./release-part.ts";
import { releaseSentence, rollbackButton } from "./rollback-part.ts";
import { liveSentence, liveTable } from "./live-part.ts";
import { call, maybe, modelPath } from "./server.ts";
import type { Alert, AlertList, ModelStatus, Release, RolledBack, RoutingChange, Status } from "./types.ts";

interface ModelNow {
  readonly model: ModelStatus;
  readonly changes: readonly RoutingChange[];
  readonly release: Release | null;
  readonly back: RolledBack | null;
}

interface Trouble {
  readonly level: 0 | 1 | 2 | 3;
  readonly words: string;
  readonly since: string | null;
  /** What helps to act: in sight for the first trouble, folded for the others. */
  readonly rest: (first: boolean) => Child[];
}

const SILENT = 60_000;

export async function nowView(): Promise<Shown> {
  const [status, { alerts, undelivered }] = await Promise.all([
    call<Status>("/v1/status"),
    call<AlertList>("/v1/alerts"),
  ]);
  const models = await Promise.all(status.models.map(modelNow));
  const troubles = findTroubles(status, alerts, models, undelivered);
  const [first] = troubles;
  const bad = first !== undefined && first.level === 0;
  const words = first?.words ?? "Nothing is wrong";
  return {
    title: `${bad ? "! " : ""}${words}`,
    blocks: [
      block("now", [troubles, status.models.length], () => headline(troubles, status)),
      ...models.map((one) => block(`now ${one.model.name}`, one, () => modelSection(one))),
      gatewaysBlock(status),
    ],
  };
}

async function modelNow(model: ModelStatus): Promise<ModelNow> {
  const path = modelPath(model.name);
  const [history, release, back] = await Promise.all([
    maybe<{ changes: RoutingChange[] }>(`${path}/routing?limit=50`),
    maybe<Release>(`${path}/release`),
    maybe<RolledBack>(`${path}/rollback`),
  ]);
  return { model, changes: history?.changes ?? [], release, back };
}

function findTroubles(
  status: Status,
  alerts: readonly Alert[],
  models: readonly ModelNow[],
  undelivered: number,
): Trouble[] {
  const now = Date.parse(status.time);
  const gateways = status.gateways.flatMap(({ id, agrees, seen, problem, revision }): Trouble[] => {
    if (now - Date.parse(seen) > SILENT)
      return [trouble(0, `Gateway ${id} is silent; it goes on as it was last told`, seen)];
    if (agrees) return [];
    const why = problem ?? `it is at change ${revision} of ${status.revision}`;
    return [trouble(0, `Gateway ${id} does not do what it should: ${why}`, null)];
  });
  const awake = alerts.filter(({ snoozedUntil }) => snoozedUntil === null || Date.parse(snoozedUntil) < now);
  const alarms = awake.map((alert): Trouble => {
    const level = { error: 0, warning: 1, info: 3 } as const;
    return trouble(level[alert.severity], alert.message, alert.since, (first) => {
      const parts = [alertFacts(alert), alertActions(alert)];
      return first ? parts : [folded("What to do about it", ...parts)];
    });
  });
  const questions = models.flatMap(({ release }): Trouble[] =>
    release?.question == null
      ? []
      : [
          trouble(
            2,
            `The release of ${release.model} ${release.challenger} waits for a person: ${release.question.text}`,
            null,
            () => [p([whoMust(release), " The buttons stand below, with the model."])],
          ),
        ],
  );
  const notices =
    undelivered === 0 ? [] : [trouble(1, `${counted(undelivered, "notice")} could not be delivered yet`, null)];
  return [...gateways, ...alarms, ...questions, ...notices].toSorted(
    (a, b) => a.level - b.level || (b.since ?? "9").localeCompare(a.since ?? "9"),
  );
}

const trouble = (
  level: Trouble["level"],
  words: string,
  since: string | null,
  rest: Trouble["rest"] = () => [],
): Trouble => ({
  level,
  words,
  since,
  rest,
});

const levelWords = ["error", "warning", "to decide", "notice"] as const;
const glyphs = ["✗", "!", "?", "·"] as const;

function headline(troubles: readonly Trouble[], { models }: Status): HTMLElement {
  const [first, ...others] = troubles;
  if (first === undefined || first.level === 3) return allWell(troubles, models.length);
  return h(
    "div",
    {},
    h("h1", { class: first.level === 0 ? "bad" : null }, `${glyphs[first.level]} ${first.words}`),
    first.since === null ? null : p(["since ", time(first.since)], "quiet"),
    ...first.rest(true),
    others.length === 0 ? null : more(others),
  );
}

function allWell(notices: readonly Trouble[], models: number): HTMLElement {
  const teach = h("p", {}, "No model yet. Register one: ", h("code", {}, "umpire models register NAME --onnx FILE"));
  return h(
    "div",
    {},
    h("h1", {}, "✓ Nothing is wrong"),
    models === 0 ? teach : null,
    notices.length === 0 ? null : more(notices),
  );
}

function more(troubles: readonly Trouble[]): HTMLElement {
  const items = troubles.map((one) =>
    h(
      "li",
      {},
      h(
        "p",
        {},
        h("strong", { class: one.level === 0 ? "bad" : null }, `${glyphs[one.level]} ${levelWords[one.level]} `),
        one.words,
      ),
      one.since === null ? null : p(["since ", time(one.since)], "quiet"),
      ...one.rest(false),
    ),
  );
  return h(
    "details",
    { open: items.length === 1 },
    h("summary", {}, moreWords(troubles)),
    h("ul", { class: "troubles" }, ...items),
  );
}

/** `2 more: 1 warning, 1 notice`. */
function moreWords(troubles: readonly Trouble[]): string {
  const counts = levelWords
    .map((word, level) => [word, troubles.filter((one) => one.level === level).length] as const)
    .filter(([, count]) => count > 0)
    .map(([word, count]) => (word === "to decide" ? `${count} to decide` : counted(count, word)));
  return `${troubles.length} more: ${counts.join(", ")}`;
}

function modelSection({ model, changes, release, back }: ModelNow): HTMLElement {
  const [latest] = changes;
  return h(
    "section",
    {},
    h("h2", {}, link(at.model(model.name), model.name)),
    liveSentence(model),
    liveTable(model),
    latest === undefined ? null : p(`What changed: ${latest.reason} (${latest.by})`, "quiet"),
    releaseSentence(release, model),
    releaseAtHand(release),
    model.champion === null ? null : rollbackButton(model, changes, back, release),
  );
}

function gatewaysBlock({ gateways, version, changes }: Status): Block {
  const rows = gateways.map(({ id, agrees, problem, seen }) => [
    id,
    agrees ? "✓ yes" : `✗ no: ${problem ?? "behind"}`,
    time(seen),
  ]);
  // Their last word moves all the time: the block is made again only when something else did.
  const data = [gateways.map(({ id, agrees, problem }) => [id, agrees, problem]), version, changes];
  return block("gateways", data, () =>
    section(
      "Gateways",
      gateways.length === 0
        ? h("p", {}, "None follows this server: ", h("code", {}, `umpire gateway --server ${location.origin}`))
        : table("Gateways", ["gateway", "does what the server says", "heard of"], rows),
      p(`Umpire ${version} · change ${changes} of the audit trail`, "quiet"),
    ),
  );
}
