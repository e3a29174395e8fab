import { join } from "node:path";
import { KeyBook } from "../app/keys/access-keys.ts";
import type { ControlPlane } from "../app/registry/control-plane.ts";
import type { KeptAnswers } from "../app/ports/kept-answers.ts";
import type { ArtifactStore } from "../app/ports/artifact-store.ts";
import type { Timetable } from "../app/ports/timetable.ts";
import type { Clock } from "../app/ports/clock.ts";
import { systemClock } from "./system-clock.ts";

/** The state of a server, opened to be changed by this process alone. */
export interface OpenControlPlane extends ControlPlane {
  readonly keys: KeyBook;
  readonly answers: KeptAnswers;
  close(): Promise<void>;
}

/** @throws Failure STATE where another process has the folder */
export async function openControlPlane(
  folder: string,
  owner: string,
  onBug: (error: unknown) => void,
  clock: Clock = systemClock,
): Promise<OpenControlPlane> {
  const { openSqliteStore } = await import("../adapters/sqlite/sqlite-control-store.ts");
  const { createArtifactFolder } = await import("../adapters/artifacts/artifact-folder.ts");
  const store = await openSqliteStore({ folder, clock, owner, onBug });
  const keys = await KeyBook.open(store, clock);
  const { openKeptAnswers } = await import("../adapters/sqlite/kept-answers.ts");
  const answers = await orClose(store, () => openKeptAnswers(folder));
  return {
    store,
    artifacts: createArtifactFolder(artifactFolder(folder)),
    clock,
    keys,
    answers,
    tryModel: async (artifact, path) => (await import("./trial.ts")).tryModel(artifact, path),
    tryVerdict: async (verdict, evidencePath) => (await import("./trial.ts")).tryVerdict(verdict, evidencePath),
    close: async () => {
      keys.close();
      answers.close();
      await store.close();
    },
  };
}

async function orClose<T>(store: ControlPlane["store"], open: () => T): Promise<T> {
  try {
    return open();
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** The state to look at, also beside a running server. @throws Failure FILE_MISSING, STATE */
export async function openControlPlaneToRead(folder: string): Promise<ControlPlane> {
  const { openSqliteStoreToRead } = await import("../adapters/sqlite/sqlite-control-store.ts");
  const store = await openSqliteStoreToRead(folder, systemClock);
  return { store, artifacts: await openKeptArtifacts(folder), clock: systemClock };
}

/** The files that a server keeps, by digest, to be read. */
export async function openKeptArtifacts(folder: string): Promise<ArtifactStore> {
  return (await import("../adapters/artifacts/artifact-folder.ts")).readArtifactFolder(artifactFolder(folder));
}

function artifactFolder(folder: string): string {
  return join(folder, "artifacts");
}

/** Says when cron expressions are due. */
export async function openTimetable(): Promise<Timetable> {
  return (await import("../adapters/cron/cron-timetable.ts")).cronTimetable;
}
