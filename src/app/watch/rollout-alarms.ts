import type { AlertCenter } from "../alerts/alert-center.ts";
import type { Actor } from "../ports/control-store.ts";
import type { RolloutTools } from "../rollout/rollout-control.ts";

const RELEASES: Actor = { name: "releases", role: "system" };

/**
 * Makes alarms of what a release has to tell: a rollback is an error, a question a warning. Whatever it tells next ends its
 * question, and the alarms of the model's earlier releases.
 */
export function rolloutAlarms(
  alerts: Pick<AlertCenter, "signal" | "resolve" | "list">,
): (...told: Parameters<RolloutTools["tell"]>) => Promise<void> {
  const end = async (over: (key: string) => boolean): Promise<void> => {
    for (const { key, state } of await alerts.list()) {
      if (state === "firing" && over(key)) await alerts.resolve(RELEASES, key);
    }
  };
  return async ({ severity, text }, rollout) => {
    const model = rollout.replace(/\.r\d+$/, "");
    const question = `release:${rollout}`;
    const rollback = `rollback:${rollout}`;
    // What became of earlier releases is history as soon as a later one has something to tell.
    const earlier = (key: string): boolean =>
      key !== question && key !== rollback && /^(release|rollback):(.*)\.r\d+$/.exec(key)?.[2] === model;
    await end((key) => earlier(key) || (key === question && severity !== "warning"));
    if (severity === "info") return;
    const key = severity === "error" ? rollback : question;
    const actions = [`umpire release status ${model}`, "umpire status"];
    // A question stays open until it is answered, however long nobody asks it again.
    const lasts = severity === "warning";
    await alerts.signal(RELEASES, [{ key, severity, model, owner: null, message: text, actions, lasts }]);
  };
}
