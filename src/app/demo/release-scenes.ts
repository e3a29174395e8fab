import { EVERYONE } from "../../core/rollout/release-policy.ts";
import { decisionWords } from "./story-words.ts";
import { ask, type CommandAnswer, until } from "./live-system.ts";
import type { Stage } from "./stage.ts";

/** A scene of the story: plays, and says whether it went as told, and what was seen if not. */
export interface Scene {
  readonly name: string;
  readonly says: string;
  /** @returns null where it went as told, else what was seen instead */
  play(stage: Stage): Promise<string | null>;
}

const MODEL = "late-flights";
const COHORT = "small airports";
const day = (date: string): number => Date.parse(`${date}T00:00:00Z`);

interface Release {
  readonly phase: string;
  readonly analysis: { readonly evidence: string } | null;
  readonly decisions: readonly { decision: string; by: string; from: string; to: string; reason: string }[];
}
interface Live {
  readonly arms: readonly { readonly version: string; readonly share: number }[];
}
interface Alerts {
  readonly alerts: readonly { key: string; severity: string; message: string; owner: string | null }[];
}
interface Retraining {
  readonly state: string;
  readonly version: string | null;
  readonly decision: string | null;
  readonly reason: string | null;
}

const goLive: Scene = {
  name: "live",
  says: "The champion goes live on all flights: server and gateway, each a process of its own.",
  async play({ run, say, system, path, replay, signal }) {
    const registered = await run(["models", "register", MODEL, "--onnx", path("models/champion.onnx")]);
    if (registered.code !== 0) return wentWrong(registered);
    const live = await run(["models", "alias", MODEL, "champion", "1"]);
    if (live.code !== 0) return wentWrong(live);
    type Status = { gateways: readonly { agrees: boolean }[] };
    const look = () => ask<Status>(system.server, "GET", "/v1/status");
    const agreed = await until(
      look,
      ({ gateways }) => gateways.length > 0 && gateways.every(({ agrees }) => agrees),
      signal,
    );
    if (agreed === null) return "the gateway did not follow";
    // The first look of the monitors is at an empty log; from here on they are asked to look when a day is over.
    await lookNow(system.server);
    say(`✓ version 1 answers every flight at ${system.gateway}`);
    for (const [date, end] of [
      ["24 June", "2001-06-25"],
      ["25 June", "2001-06-26"],
    ] as const) {
      const { asked, landed } = await replay.until(day(end));
      say(`  ${date}   ${count(asked)} flights asked about as they leave, ${count(landed)} labels as they land`);
    }
    await replay.advance(1);
    const alarms = await lookNow(system.server);
    if (alarms.length > 0) return `an alarm without a cause: ${alarms[0]!.message}`;
    say("✓ two days against the past: nothing has moved");
    return null;
  },
};

const drift: Scene = {
  name: "drift",
  says: `On 26 June the feed with the airports' history says nothing for small airports.
   (The demo puts this fault in: flights, times and delays are as they were in 2001.)`,
  async play({ say, system, replay, signal }) {
    replay.fault = ({ record }) => (record["airport"] === "small" ? { ...record, origin_late_share: null } : record);
    const { asked, landed } = await replay.until(day("2001-06-27"));
    await replay.advance(1);
    say(`  26 June   ${count(asked)} flights asked about, ${count(landed)} labels; every answer still looks like one`);
    const alarms = await lookNow(system.server);
    const alarm = alarms.find(({ key }) => key === `drift:${MODEL}/${COHORT}`);
    if (alarm === undefined) return `no alarm for ${COHORT}`;
    say(`✗ alarm, for ${alarm.owner ?? "nobody"}: ${alarm.message}`);
    const refused = await newestRetraining(system.server, 1, signal);
    if (refused === null) return "the alarm did not retrain";
    say("  the alarm retrains: a model that can do without the history reads the departure board instead");
    if (refused.decision !== "fail") return `the retrained version is ${refused.decision}: ${refused.reason}`;
    say(`✗ version ${refused.version}: ${refused.reason}. It stops there`);
    return null;
  },
};

const retrained: Scene = {
  name: "retrained",
  says: "The feed is mended. A person trains again: history and board together.",
  async play({ run, say, replay, recipe }) {
    replay.fault = null;
    await recipe({ history: true });
    const answer = await run(["retrain", "--model", MODEL]);
    const { decision, reason, version } = answer.document as Retraining;
    if (decision !== "pass") return `the second retraining is ${decision}: ${reason}`;
    say(`✓ version ${version}: ${reason}`);
    return null;
  },
};

const release: Scene = {
  name: "release",
  says: "Version 3 is released: first a shadow, then the cohort of least risk, then everyone.",
  async play(stage) {
    const { run, say, system, path } = stage;
    const started = await run(["release", "start", MODEL, "3", "--policy", path("umpire-live.yaml")]);
    if (started.code !== 0) return wentWrong(started);
    const end = await follow(stage, "done");
    if (typeof end === "string") return end;
    const way = end.decisions.map(({ to }) => to);
    const wanted = [
      "draft",
      "shadow",
      "stage 1 of 2: haul=medium at 50%",
      `stage 2 of 2: ${EVERYONE} at 50%`,
      "full",
      "done",
    ];
    if (way.join() !== wanted.join()) return `it went another way: ${way.join(", ")}`;
    const live = await liveNow(system.server);
    if (live !== "3") return `version ${live} is live`;
    say("✓ version 3 answers every flight; version 1 goes on behind it, warm, as a shadow");
    return null;
  },
};

const slip: Scene = {
  name: "slip",
  says: `Somebody in a hurry registers a version with its columns in alphabetical order, which is not
   the model's, and tries it on half of the flights: not judged, but with a person's consent.
   Nothing fails. Every answer is a number between 0 and 1.`,
  async play(stage) {
    const { run, say, system, path } = stage;
    const onnx = ["--onnx", path("models/challenger_fixed.onnx"), "--describe", path("hurry.json")];
    const registered = await run(["models", "register", MODEL, ...onnx]);
    if (registered.code !== 0) return wentWrong(registered);
    const form = ["--form", "ab", "--share", "0.5", "--consent", "--policy", path("umpire-live.yaml")];
    const started = await run(["release", "start", MODEL, "4", ...form]);
    if (started.code !== 0) return wentWrong(started);
    const end = await follow(stage, "rolled-back");
    if (typeof end === "string") return end;
    const last = end.decisions.at(-1);
    if (last?.by !== "umpire") return `it was rolled back by ${last?.by}`;
    if (!last.reason.includes("forecast")) return `another guardrail fired: ${last.reason}`;
    const live = await liveNow(system.server);
    if (live !== "3") return `version ${live} is live`;
    say("✓ version 3 answers every flight again; by hand it is one command: umpire rollback");
    return null;
  },
};

export const scenes: readonly Scene[] = [goLive, drift, retrained, release, slip];

/** Flights come, some at a time, until a release is where it should go; says what it decides. */
async function follow({ system, replay, say, signal }: Stage, phase: string): Promise<Release | string> {
  const look = () => ask<Release>(system.server, "GET", `/v1/models/${MODEL}/release`);
  let told = 2;
  for (;;) {
    const seen = await look();
    for (const { to, reason } of seen.decisions.slice(told)) say(decisionWords(to, reason));
    told = Math.max(told, seen.decisions.length);
    if (seen.phase === phase) return seen;
    if (["rolled-back", "voided", "asking", "done"].includes(seen.phase)) {
      return `the release is ${seen.phase}: ${seen.decisions.at(-1)?.reason}`;
    }
    if (replay.over) return "the week is over before the release is";
    if (seen.phase !== "full") await replay.advance(500);
    const looked = (next: Release): boolean =>
      next.analysis?.evidence !== seen.analysis?.evidence || next.decisions.length > seen.decisions.length;
    if ((await until(look, looked, signal)) === null) return "the server does not look at the release";
  }
}

/** Lets the monitors look now. @returns the alarms that fire then */
async function lookNow(server: string): Promise<Alerts["alerts"]> {
  await ask(server, "POST", `/v1/models/${MODEL}/look`);
  return (await ask<Alerts>(server, "GET", "/v1/alerts")).alerts;
}

async function newestRetraining(server: string, nth: number, signal: AbortSignal): Promise<Retraining | null> {
  type Runs = { retrainings: readonly Retraining[] };
  const look = () => ask<Runs>(server, "GET", `/v1/models/${MODEL}/retrainings`);
  const seen = await until(
    look,
    (now) => now.retrainings.length === nth && now.retrainings[0]?.state !== "running",
    signal,
  );
  return seen?.retrainings[0] ?? null;
}

async function liveNow(server: string): Promise<string> {
  const { arms } = await ask<Live>(server, "GET", `/v1/models/${MODEL}/live`);
  return arms.map(({ version }) => version).join(" and ");
}

function wentWrong({ code, stderr }: CommandAnswer): string {
  return `the command ended with ${code}: ${stderr.trim().split("\n")[0] ?? ""}`;
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}
