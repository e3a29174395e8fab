import type { AlertCenter } from "../alerts/alert-center.ts";
import type { Actor } from "../ports/control-store.ts";
import type { RolloutTools } from "../rollout/rollout-control.ts";

const RELEASES: Actor = { name: "releases", role: "system" };

/**
 * Makes alarms of what a release has to tell: a rollback is an error, a question a warning. Whatever it tells next ends its
 * question; a later release that goes on ends the alarms of those that were rolled back before.
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
    if (severity === "info") {
      const before = (key: string) => key.replace(/\.r\d+$/, "") === `rollback:${model}` && key !== rollback;
      return end((key) => key === question || before(key));
    }
    if (severity === "error") await end((key) => key === question);
    const key = severity === "error" ? rollback : question;
    const actions = [`umpire release status ${model}`, "umpire status"];
    await alerts.signal(RELEASES, [{ key, severity, model, owner: null, message: text, actions }]);
  };
}
