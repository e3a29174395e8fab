import { setPriority } from "node:os";
import { removeExpired, rotateSegments } from "./rotate-segments.ts";

/** Runs in a process of its own, below the priority of the answers. */
const [, , folder, retention, now] = process.argv;
if (folder !== undefined) {
  try {
    setPriority(10);
  } catch {
    // Not everywhere allowed; the work is the same.
  }
  await rotateSegments(folder);
  if (retention !== undefined) removeExpired(folder, Number(retention), Number(now));
}
