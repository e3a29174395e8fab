import type { PolicyOnDisk } from "../app/judge/read-policy.ts";
import type { EventArchive } from "../app/ports/event-archive.ts";
import type { WatchedModel } from "../app/watch/watched-model.ts";
import { parseMonitors } from "../schemas/monitors/parse-monitors.ts";
import { parseRetraining } from "../schemas/retraining/parse-retraining.ts";

/** The model of a policy, with what the policy says of its monitors and its retraining. @throws Failure POLICY */
export function watchedModel(onDisk: PolicyOnDisk, folder: string, archive: EventArchive | null): WatchedModel {
  const { parsed } = onDisk;
  const monitors = parseMonitors(parsed);
  return { model: parsed.policy.model, onDisk, folder, monitors, retraining: parseRetraining(parsed), archive };
}
