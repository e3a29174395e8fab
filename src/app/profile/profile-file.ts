import { open } from "node:fs/promises";
import { Failure } from "../../core/failures.ts";
import type { ProfileDocument } from "../../core/profile/profile-document.ts";
import { readProfileDocument } from "../../core/profile/profile-document.ts";
import { readLoadFolder } from "./load-folder.ts";
import type { SavedProfile } from "./saved-profile.ts";

const largestProfile = 256 * 1024 * 1024;
const opening = /^\s*\{\s*"schema"\s*:\s*"umpire\.profile\//;

/**
 * The saved profile at `path` (for the folder of a contract's loads, one with a period a load), or null where the file is something else (data).
 * @throws Failure RECORD when it is a profile, but damaged, too large or of a later version
 */
export async function readSavedProfile(path: string): Promise<SavedProfile | null> {
  const loads = await readLoadFolder(path);
  if (loads !== null) return loads;
  if (!path.endsWith(".json")) return null;
  let file;
  try {
    file = await open(path, "r");
  } catch {
    return null;
  }
  try {
    const head = Buffer.alloc(200);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    if (!opening.test(head.toString("utf8", 0, bytesRead))) return null;
    const { size } = await file.stat();
    if (size > largestProfile) {
      throw new Failure("RECORD", { where: path, message: `the profile has ${size} bytes; at most 256 MiB are read` });
    }
    return parseProfile(await file.readFile("utf8"), head.toString("utf8", 0, bytesRead), path);
  } finally {
    await file.close();
  }
}

/** `file.readFile` starts where the head was read from: position 0 is kept because the head was read with one. */
function parseProfile(text: string, head: string, path: string): SavedProfile {
  const mend = ["make it again from the data: umpire profile DATA"];
  let document: ProfileDocument;
  try {
    document = JSON.parse(text) as ProfileDocument;
  } catch (error) {
    throw new Failure("RECORD", {
      where: path,
      message: `the profile is not whole JSON: ${(error as Error).message}`,
      mend,
    });
  }
  if (document.schema !== "umpire.profile/1") {
    const version = /umpire\.profile\/[\w.]*/.exec(head)?.[0] ?? "another schema";
    throw new Failure("RECORD", {
      where: path,
      message: `this is ${version}; this program reads umpire.profile/1`,
      mend,
    });
  }
  if (!Array.isArray(document.frame?.columns) || !Array.isArray(document.periods) || document.periods.length === 0) {
    throw new Failure("RECORD", { where: path, message: "the profile lacks its frame or its periods", mend });
  }
  try {
    return { document, ...readProfileDocument(document) };
  } catch (error) {
    if (!(error instanceof Failure)) {
      throw new Failure("RECORD", { where: path, message: "the profile is damaged", mend, cause: error });
    }
    throw new Failure(error.code, { where: path, message: error.message, mend: error.mend });
  }
}
