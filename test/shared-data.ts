import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = process.env["UMPIRE_SHARED_DATA"] ?? fileURLToPath(new URL("../../shared/data", import.meta.url));

/** Path of a file of the shared data sets, or null where they are not on this machine (tests then skip and say so). */
export function sharedData(path: string): string | null {
  const full = `${root}/${path}`;
  return existsSync(full) ? full : null;
}
