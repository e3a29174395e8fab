import type { BackupManifest } from "../adapters/sqlite/state-backup.ts";
import { verifyTrail } from "../app/control/verify-trail.ts";
import type { Actor } from "../app/ports/control-store.ts";
import { afterRestore, type Restored } from "../app/rollout/after-restore.ts";
import { Failure } from "../core/failures.ts";
import { openControlPlane, openControlPlaneToRead } from "./control-plane.ts";

/** @throws Failure FILE_MISSING, CONFLICT, WRITE */
export async function makeBackup(folder: string, target: string): Promise<BackupManifest> {
  const { backupState } = await import("../adapters/sqlite/state-backup.ts");
  return backupState(folder, target);
}

export interface RestoredBackup extends Restored {
  /** Where what was there before is kept; null: nothing was. */
  readonly before: string | null;
}

/** Restores only what passes the check of its audit trail. @throws Failure RECORD, STATE, CONFLICT */
export async function restoreBackup(
  from: string,
  folder: string,
  replace: boolean,
  by: Actor,
): Promise<RestoredBackup> {
  const { restoreState } = await import("../adapters/sqlite/state-backup.ts");
  const found: { restored: Restored } = { restored: { models: [], gone: [], held: [], lost: null } };
  const before = await restoreState(from, folder, replace, async (candidate) => {
    await refuseUnsound(from, candidate);
    const past = await openPast(folder);
    const plane = await openControlPlane(candidate, `process ${process.pid}, restoring`, rethrow);
    try {
      found.restored = await afterRestore(plane, past, by);
    } finally {
      await plane.close();
      await past?.store.close();
    }
  });
  return { ...found.restored, before };
}

async function refuseUnsound(from: string, candidate: string): Promise<void> {
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
}

/** What was there; null where nothing was, or where it is what made the restore needed. */
async function openPast(folder: string) {
  try {
    return await openControlPlaneToRead(folder);
  } catch (error) {
    if (error instanceof Failure) return null;
    throw error;
  }
}

function rethrow(error: unknown): never {
  throw error;
}
