import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Failure } from "../../core/failures.ts";

const BUSY = 5;

export interface FolderLock {
  release(): void;
}

/**
 * One server per state folder. The lock is the operating system's, held through an open transaction on a file of its
 * own, so that it ends with the process however that ends: nothing stale is left to be removed by hand.
 * @throws Failure STATE where another process holds it
 */
export function lockFolder(folder: string, says: string): FolderLock {
  const owner = join(folder, "owner.txt");
  const database = new DatabaseSync(join(folder, "lock.db"), { timeout: 0 });
  try {
    database.exec("pragma journal_mode = delete; begin exclusive");
  } catch (cause) {
    database.close();
    // Busy is the only sign of another one; a full disk or a folder without write access is told as what it is.
    if ((Number((cause as { errcode?: unknown }).errcode) & 0xff) !== BUSY) throw cause;
    const held = textOf(owner);
    throw new Failure("STATE", {
      where: folder,
      message: `another Umpire works on this state folder${held === "" ? "" : `: ${held}`}`,
      mend: ["stop that one, or give this one a folder of its own with --state DIR"],
      cause,
    });
  }
  writeFileSync(owner, says);
  return {
    release: () => {
      if (database.isOpen) database.close();
    },
  };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return "";
  }
}
