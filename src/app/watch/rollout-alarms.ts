import type { AlertCenter } from "../alerts/alert-center.ts";
import type { Actor } from "../ports/control-store.ts";
import type { RolloutTools } from "../rollout/rollout-control.ts";

const RELEASES: Actor = { name: "releases", role: "system" };

/**
 * Makes alarms of what a release has to tell: a rollback is an error, a question a warning; a release that is done ends
 * its question.
 */
export function rolloutAlarms(
  alerts: Pick<AlertCenter, "signal" | "resolve" | "list">,
): (...told: Parameters<RolloutTools["tell"]>) => Promise<void> {
  return async ({ severity, text }, rollout) => {
    const model = rollout.replace(/\.r\d+$/, "");
    const question = `release:${rollout}`;
    if (severity === "info") {
      const firing = (await alerts.list()).some(({ key, state }) => key === question && state === "firing");
      if (firing) await alerts.resolve(RELEASES, question);
      return;
    }
    const key = severity === "error" ? `rollback:${rollout}` : question;
    const actions = ["umpire status", `umpire release ${model} --help`];
    await alerts.signal(RELEASES, [{ key, severity, model, owner: null, message: text, actions }]);
  };
}
