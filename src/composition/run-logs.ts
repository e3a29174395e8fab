import { join } from "node:path";
import type { RunLogs } from "../app/ports/run-logs.ts";

/** Logs of the retrainings that a server with this state folder ran. */
export async function openRunLogs(stateFolder: string): Promise<RunLogs> {
  const { runLogFolder } = await import("../adapters/run-logs/run-log-folder.ts");
  return runLogFolder(join(stateFolder, "runs"));
}
