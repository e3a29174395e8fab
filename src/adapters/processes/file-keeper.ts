import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { FileKeeper } from "../../app/retraining/reproduce.ts";

/** Files are renamed, never copied: the place must lie on the same disk. */
export function createFileKeeper(): FileKeeper {
  const move = async (from: string, to: string): Promise<void> => {
    await mkdir(dirname(to), { recursive: true });
    try {
      await rename(from, to);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  };
  return {
    async setAside(folder, paths, place) {
      for (const path of paths) await move(join(folder, path), join(place, path));
    },
    async putBack(folder, paths, place) {
      for (const path of paths) await move(join(place, path), join(folder, path));
      await rm(place, { recursive: true, force: true });
    },
  };
}
