import { type Effect, UMPIRE } from "../../core/rollout/rollout-state.ts";
import type { AlertCenter } from "../alerts/alert-center.ts";
import type { Actor, ControlStore } from "../ports/control-store.ts";
import type { RolloutDocument } from "../rollout/rollout-document.ts";
import type { RolloutTools } from "../rollout/rollout-control.ts";

const RELEASES: Actor = { name: "releases", role: "system" };
type Told = Extract<Effect, { kind: "tell" }>;

/**
 * Makes alarms of what a release has to tell: a question, which lasts until it is answered, and a rollback, an error where
 * Umpire did it. Whatever it tells next ends its question, and the alarms of the model's earlier releases.
 */
export function rolloutAlarms(
  alerts: Pick<AlertCenter, "signal" | "resolve" | "list">,
): (...told: Parameters<RolloutTools["tell"]>) => Promise<void> {
  const end = async (over: (key: string) => boolean): Promise<void> => {
    for (const { key, state } of await alerts.list()) {
      if (state === "firing" && over(key)) await alerts.resolve(RELEASES, key);
    }
  };
  return async ({ severity, text, asks: lasts = false }, rollout) => {
    const model = rollout.replace(/\.r\d+$/, "");
    const question = questionKey(rollout);
    const rollback = rollbackKey(rollout);
    // What became of earlier releases is history as soon as a later one has something to tell.
    const earlier = (key: string): boolean =>
      key !== question && key !== rollback && /^(release|rollback):(.*)\.r\d+$/.exec(key)?.[2] === model;
    await end((key) => earlier(key) || (key === question && !lasts));
    if (severity === "info") return;
    const key = lasts ? question : rollback;
    const actions = [`umpire release status ${model}`, "umpire status"];
    await alerts.signal(RELEASES, [{ key, severity, model, owner: null, message: text, actions, lasts }]);
  };
}

/**
 * What the newest releases have to tell that no alarm tells: a server that was killed between a decision and its alarm has
 * told nobody. Called once, at the start.
 */
export async function untoldReleases(
  store: ControlStore,
  alerts: Pick<AlertCenter, "list">,
): Promise<(readonly [Told, string])[]> {
  const alarms = new Map((await alerts.list()).map(({ key, state }) => [key, state]));
  const newest = new Map<string, RolloutDocument>();
  for (const { body } of await store.read((state) => state.list<RolloutDocument>("rollout"))) {
    const { model } = body.state.plan;
    if (body.number >= (newest.get(model)?.number ?? 0)) newest.set(model, body);
  }
  return Array.from(newest.values(), ({ state, decisions }) => {
    const { id, model } = state.plan;
    if (state.question !== null) {
      if (alarms.get(questionKey(id)) === "firing") return null;
      const text = `${model}: ${state.question.text}`;
      return [{ kind: "tell", severity: "warning", text, asks: true } as const, id] as const;
    }
    const last = decisions.at(-1);
    if (last?.by !== UMPIRE || !["roll-back", "void"].includes(last.decision) || alarms.has(rollbackKey(id)))
      return null;
    return [{ kind: "tell", severity: "error", text: `${model}: ${last.to}: ${last.reason}` } as const, id] as const;
  }).filter((one) => one !== null);
}

const questionKey = (rollout: string): string => `release:${rollout}`;
const rollbackKey = (rollout: string): string => `rollback:${rollout}`;
