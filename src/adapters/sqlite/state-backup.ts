import { createHash } from "node:crypto";
import {
  createReadStream,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { chmod, copyFile, rename } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { backup, type DatabaseSync } from "node:sqlite";
import { pipeline } from "node:stream/promises";
import { Failure } from "../../core/failures.ts";
import { lockFolder } from "./folder-lock.ts";
import { openDatabase } from "./open-database.ts";
import { STATE_FILE } from "./sqlite-control-store.ts";
import { isFull, stateFailure } from "./state-failure.ts";

/** What a backup holds, with the digest of each file: a restore takes nothing that is not as it was written. */
export interface BackupManifest {
  readonly schema: "umpire.backup/1";
  readonly files: Readonly<Record<string, { readonly sha256: string; readonly bytes: number }>>;
}

const MANIFEST = "backup.json";
const FILES = "artifacts";

/**
 * Copies the state of a server that may be running into a new folder: whole, or not at all.
 * @throws Failure FILE_MISSING, CONFLICT where the folder is there, WRITE
 */
export async function backupState(folder: string, target: string): Promise<BackupManifest> {
  if (!existsSync(join(folder, STATE_FILE))) {
    throw new Failure("FILE_MISSING", {
      where: folder,
      message: "there is no state of a server here",
      mend: ["give the folder of the server with --state DIR; umpire up uses .umpire/server"],
    });
  }
  refuseFull(target, "choose a new folder for each backup");
  const beside = `${resolve(target)}.part`;
  rmSync(beside, { recursive: true, force: true });
  try {
    mkdirSync(beside, { recursive: true, mode: 0o700 });
    // Files before the state that names them, and those that came meanwhile after it: nothing that it names is missing.
    await copyFiles(join(folder, FILES), join(beside, FILES));
    await copyDatabase(join(folder, STATE_FILE), join(beside, STATE_FILE));
    await copyFiles(join(folder, FILES), join(beside, FILES));
    const manifest: BackupManifest = { schema: "umpire.backup/1", files: await describeFiles(beside) };
    writeFileSync(join(beside, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
    rmSync(target, { recursive: true, force: true });
    await rename(beside, target);
    return manifest;
  } catch (error) {
    rmSync(beside, { recursive: true, force: true });
    throw noRoom(error, target, "backup") ?? stateFailure(error, pathOfError(error, folder));
  }
}

/** What is copied found no room; null: it is something else. */
function noRoom(error: unknown, place: string, what: string): Failure | null {
  if (error instanceof Failure || !isFull(error)) return null;
  return new Failure("WRITE", {
    where: place,
    message: `the ${what} could not be written: there is no room; nothing of it was left, nothing else was changed`,
    mend: ["make room there, or choose another place"],
    cause: error,
  });
}

/** Writing the copy fails at the copy, reading the state at the state. */
function pathOfError(error: unknown, folder: string): string {
  const { path, dest } = error as { readonly path?: unknown; readonly dest?: unknown };
  return String(dest ?? path ?? join(folder, STATE_FILE));
}

/**
 * Puts a backup where the state of a server is; what was there is kept beside it.
 * @param check looks at the new state before it takes its place; what it throws leaves everything as it was
 * @returns the folder that holds what was there before; null where there was nothing
 * @throws Failure RECORD where the backup is damaged, STATE where a server runs, CONFLICT
 */
export async function restoreState(
  from: string,
  place: string,
  replace: boolean,
  check: (folder: string) => Promise<void>,
): Promise<string | null> {
  // Where a link leads: the server may be started by the other name.
  const folder = existsSync(place) ? realpathSync(place) : place;
  const manifest = readManifest(from);
  await refuseDamaged(from, manifest);
  const full = existsSync(folder) && readdirSync(folder).length > 0;
  if (full && !replace) refuseFull(folder, "--replace keeps what is there beside it and puts the backup in its place");
  const beside = `${resolve(folder)}.restoring`;
  rmSync(beside, { recursive: true, force: true });
  try {
    for (const path of Object.keys(manifest.files)) {
      mkdirSync(dirname(join(beside, path)), { recursive: true, mode: 0o700 });
      await copyFile(join(from, path), join(beside, path));
      await chmod(join(beside, path), 0o600);
    }
    await check(beside);
    const before = full ? await putAside(folder) : null;
    if (!full) rmSync(folder, { recursive: true, force: true });
    await rename(beside, folder);
    return before;
  } catch (error) {
    throw noRoom(error, folder, "restored state") ?? stateFailure(error, pathOfError(error, folder));
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}

function refuseFull(folder: string, mend: string): void {
  if (!existsSync(folder) || (statSync(folder).isDirectory() && readdirSync(folder).length === 0)) return;
  throw new Failure("CONFLICT", { where: folder, message: "is there already and not empty", mend: [mend] });
}

/** Only while no server has it. */
async function putAside(folder: string): Promise<string> {
  lockFolder(folder, `process ${process.pid}, restoring`).release();
  let n = 1;
  while (existsSync(`${folder}.before-restore-${n}`)) n += 1;
  const aside = `${folder}.before-restore-${n}`;
  try {
    await rename(folder, aside);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "EBUSY") throw cause;
    throw new Failure("STATE", {
      where: folder,
      message: "a file system is mounted here, which cannot be put aside",
      mend: ["restore into a new folder inside of it, and start the server with --state on that", "or empty it first"],
      cause,
    });
  }
  return aside;
}

async function copyDatabase(from: string, to: string): Promise<void> {
  let source: DatabaseSync | null = null;
  try {
    source = openDatabase(from, { readOnly: true });
    await backup(source, to);
  } finally {
    source?.close();
  }
}

async function copyFiles(from: string, to: string): Promise<void> {
  if (!existsSync(from)) return;
  for (const name of readdirSync(from).filter((one) => /^[0-9a-f]{2}$/.test(one))) {
    mkdirSync(join(to, name), { recursive: true });
    for (const digest of readdirSync(join(from, name))) {
      const place = join(to, name, digest);
      if (!existsSync(place)) await copyFile(join(from, name, digest), place);
    }
  }
}

async function describeFiles(folder: string): Promise<BackupManifest["files"]> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .toSorted();
  const files: Record<string, { sha256: string; bytes: number }> = {};
  for (const path of paths)
    files[path] = { sha256: await digestOf(join(folder, path)), bytes: statSync(join(folder, path)).size };
  return files;
}

function readManifest(from: string): BackupManifest {
  const path = join(from, MANIFEST);
  try {
    const manifest = JSON.parse(readFileSync(path, "utf8")) as BackupManifest;
    const names = Object.keys(manifest.files);
    const inside = names.every((name) => name === STATE_FILE || /^artifacts\/[0-9a-f]{2}\/[0-9a-f]{64}$/.test(name));
    if (manifest.schema === "umpire.backup/1" && names.includes(STATE_FILE) && inside) return manifest;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") {
      throw new Failure("FILE_MISSING", {
        where: path,
        message: "there is no backup here",
        mend: ["umpire backup DIR makes one"],
        cause,
      });
    }
  }
  throw new Failure("RECORD", {
    where: path,
    message: "this is not the list of a backup of Umpire, or it is damaged",
    mend: ["take another backup; nothing was restored"],
  });
}

async function refuseDamaged(from: string, manifest: BackupManifest): Promise<void> {
  for (const [path, { sha256 }] of Object.entries(manifest.files)) {
    const file = join(from, path);
    // A link leads outside, and a pipe is waited for: neither is what a backup wrote.
    const kind = lstatSync(file, { throwIfNoEntry: false });
    if (kind?.isFile() === true && (await digestOf(file)) === sha256) continue;
    const changed = kind?.isFile() === true ? "was changed after the backup was made" : "is no file of a backup";
    throw new Failure("RECORD", {
      where: file,
      message: kind === undefined ? "is missing from the backup" : changed,
      mend: ["take another backup; nothing was restored"],
    });
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
