import type { BackupManifest } from "../adapters/sqlite/state-backup.ts";
import { verifyTrail } from "../app/control/verify-trail.ts";
import { Failure } from "../core/failures.ts";
import { openControlPlaneToRead } from "./control-plane.ts";

/** @throws Failure FILE_MISSING, CONFLICT, WRITE */
export async function makeBackup(folder: string, target: string): Promise<BackupManifest> {
  const { backupState } = await import("../adapters/sqlite/state-backup.ts");
  return backupState(folder, target);
}

/** Restores only what passes the check of its audit trail. @throws Failure RECORD, STATE, CONFLICT */
export async function restoreBackup(from: string, folder: string, replace: boolean): Promise<string | null> {
  const { restoreState } = await import("../adapters/sqlite/state-backup.ts");
  return restoreState(from, folder, replace, async (candidate) => {
    const plane = await openControlPlaneToRead(candidate);
    try {
      const { sound, problems } = await verifyTrail(plane.store, plane.artifacts, null);
      if (sound) return;
      throw new Failure("RECORD", {
        where: from,
        message: `the backup is not sound: ${problems[0] ?? ""}`,
        mend: ["nothing was restored"],
      });
    } finally {
      await plane.store.close();
    }
  });
}
