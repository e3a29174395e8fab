import { Failure } from "../../core/failures.ts";
import { verifyTrail } from "../control/verify-trail.ts";
import type { ControlPlane } from "../registry/control-plane.ts";
import type { ScheduledJob } from "./scheduler.ts";

/** The jobs that schedules can name. To add one: a line here, with what it does as a use case of its own. */
export function serverJobs(plane: ControlPlane): Map<string, ScheduledJob> {
  return new Map<string, ScheduledJob>([
    [
      "verify-trail",
      async () => {
        const { sound, entries, problems } = await verifyTrail(plane.store, plane.artifacts, null);
        if (!sound) throw new Failure("RECORD", { message: `the audit trail is not sound: ${problems.join("; ")}` });
        return `${entries} entries, sound`;
      },
    ],
  ]);
}
