import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { OutputFolder } from "../../app/ports/output-folder.ts";
import { Failure } from "../../core/failures.ts";

/** An {@link OutputFolder} on disk: every file is written beside its place, synced, and renamed when all are complete. */
export function createOutputFolder(folder: string): OutputFolder {
  const path = (name: string): string => join(folder, name);
  return {
    path,
    async write(files) {
      const suffix = `.${randomBytes(6).toString("hex")}.tmp`;
      const names = [...files.keys()];
      try {
        for (const name of names) await writeSynced(path(name) + suffix, files.get(name)!);
        for (const name of names) await rename(path(name) + suffix, path(name));
      } catch (error) {
        await Promise.all(names.map((name) => rm(path(name) + suffix, { force: true }).catch(() => {})));
        const { code, message } = error as NodeJS.ErrnoException;
        const mend = ["give another folder with --out, or make this one writable"];
        throw new Failure("WRITE", {
          where: folder,
          message: `cannot write here (${code ?? message})`,
          mend,
          cause: error,
        });
      }
    },
  };
}

/**
 * A folder and those above it. One at a time: Node's own `recursive` never ends where a folder that is there refuses
 * every new name with ENOENT, as /proc does.
 */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const above = dirname(folder);
    if (code === "ENOENT" && above !== folder && !existsSync(above)) {
      await makeFolder(above);
      await makeFolder(folder);
    } else if (!existsSync(folder)) throw error;
  }
}

async function writeSynced(path: string, content: string | Uint8Array): Promise<void> {
  await makeFolder(dirname(path));
  const file = await open(path, "wx");
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}
