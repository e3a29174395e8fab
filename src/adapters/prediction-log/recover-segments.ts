import {
  closeSync,
  existsSync,
  ftruncateSync,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  mkdirSync,
} from "node:fs";
import { join } from "node:path";
import { isHeldByOther } from "./segment-file.ts";

export interface Recovery {
  /** Segments that an earlier process left open, now closed. */
  readonly segments: number;
  /** Bytes of torn lines that were cut off: never acknowledged, since they were never wholly written. */
  readonly cutBytes: number;
}

/** Closes what an earlier process left open: cuts a torn last line, and moves the segments to the closed ones. */
export function recoverSegments(live: string, closed: string): Recovery {
  let segments = 0;
  let cutBytes = 0;
  if (!existsSync(live)) return { segments, cutBytes };
  mkdirSync(closed, { recursive: true });
  for (const name of readdirSync(live)) {
    if (!name.endsWith(".jsonl") || isHeldByOther(name)) continue;
    cutBytes += cutTornTail(join(live, name));
    renameSync(join(live, name), join(closed, name));
    segments++;
  }
  return { segments, cutBytes };
}

const chunk = 65_536;

/** Cuts what follows the last whole line that is JSON. @returns the bytes cut */
export function cutTornTail(path: string): number {
  const fd = openSync(path, "r+");
  try {
    const { size } = fstatSync(fd);
    let end = size;
    for (;;) {
      const lineEnd = lastLineBreak(fd, end);
      if (lineEnd < 0) {
        end = 0;
        break;
      }
      const lineStart = lastLineBreak(fd, lineEnd) + 1;
      if (isJson(fd, lineStart, lineEnd)) {
        end = lineEnd + 1;
        break;
      }
      end = lineEnd;
    }
    if (end < size) ftruncateSync(fd, end);
    return size - end;
  } finally {
    closeSync(fd);
  }
}

/** Position of the last line break before `end`; -1 where there is none. */
function lastLineBreak(fd: number, end: number): number {
  const bytes = Buffer.allocUnsafe(chunk);
  for (let to = end; to > 0; ) {
    const from = Math.max(0, to - chunk);
    const read = readSync(fd, bytes, 0, to - from, from);
    const at = bytes.subarray(0, read).lastIndexOf(0x0a);
    if (at >= 0) return from + at;
    to = from;
  }
  return -1;
}

function isJson(fd: number, from: number, to: number): boolean {
  const bytes = Buffer.alloc(to - from);
  readSync(fd, bytes, 0, bytes.length, from);
  try {
    JSON.parse(bytes.toString("utf8"));
    return true;
  } catch {
    return false;
  }
}
