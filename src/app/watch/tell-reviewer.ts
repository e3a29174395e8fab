import type { AlertCenter } from "../alerts/alert-center.ts";
import { RETRAINER } from "./retrain-tools.ts";
import type { RetrainingEntry } from "./retraining-entry.ts";
import type { WatchedModel } from "./watched-model.ts";

/** How the alarm of a run names it. */
export const runWords = ({ run }: Pick<RetrainingEntry, "run">): string => `(run ${run})`;

/** A pass waits for a person, and ends the alarm of a run that did not; anything else stops here, and says why. */
export async function tellReviewer(
  { model, monitors }: WatchedModel,
  entry: RetrainingEntry,
  alerts: Pick<AlertCenter, "signal" | "resolve" | "list">,
): Promise<void> {
  const { against, decision, reason, final } = entry;
  const version = final?.version ?? entry.version;
  const passed = decision === "pass";
  const trouble = `retraining:${model}`;
  const result =
    version === null
      ? `a retraining failed: ${reason}`
      : `retrained version ${entry.version} against ${against ?? "the policy's champion"}: ${decision ?? "not judged"}: ${reason}`;
  const kept = final === null ? "" : `; version ${final.version}, trained on everything: ${final.reason}`;
  const show = version === null ? `umpire models retrainings ${model}` : `umpire models show ${model} ${version}`;
  await alerts.signal(RETRAINER, [
    {
      key: passed ? `review:${model}/${version}` : trouble,
      severity: passed ? "info" : "warning",
      model,
      owner: monitors.owner,
      message: `${result}${kept} ${runWords(entry)}`,
      actions: passed ? [show, `umpire release start ${model} ${version}`] : [show],
    },
  ]);
  if (!passed) return;
  const firing = (await alerts.list()).some(({ key, state }) => key === trouble && state === "firing");
  if (firing) await alerts.resolve(RETRAINER, trouble);
}
