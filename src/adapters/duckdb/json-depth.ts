import { createReadStream } from "node:fs";
import { Failure } from "../../core/failures.ts";
import type { PlainFile } from "./file-format.ts";

/** As in `umpire check`. The engine parses by recursion: some ten thousand levels end the process. */
const maxDepth = 64;

const quote = 0x22;
const backslash = 0x5c;

/**
 * Refuses a JSON file that is nested deeper than 64 levels, before the engine reads it.
 * @throws Failure FILE_UNREADABLE with the line
 */
export async function refuseDeepJson(file: PlainFile): Promise<void> {
  const state = { depth: 0, line: 1, quoted: false, escaped: false };
  for await (const piece of createReadStream(file.plain, { highWaterMark: 1 << 20 })) {
    if (!(piece instanceof Uint8Array) || follow(state, piece)) continue;
    throw new Failure("FILE_UNREADABLE", {
      where: `${file.path}:${state.line}`,
      message: `the JSON is nested deeper than ${maxDepth} levels`,
      mend: ["write flat records: one object a line, a value or a short list in each field"],
    });
  }
}

interface Place {
  depth: number;
  line: number;
  quoted: boolean;
  escaped: boolean;
}

/** Reads on; false where the limit is passed. */
function follow(state: Place, bytes: Uint8Array): boolean {
  let { depth, line, quoted, escaped } = state;
  for (let i = 0; i < bytes.length && depth <= maxDepth; i++) {
    const byte = bytes[i]!;
    if (escaped) escaped = false;
    else if (quoted) {
      if (byte === quote) quoted = false;
      else if (byte === backslash) escaped = true;
    } else if (byte === quote) quoted = true;
    else if (byte === 0x7b || byte === 0x5b) depth++;
    else if (byte === 0x7d || byte === 0x5d) depth--;
    if (byte === 0x0a) line++;
  }
  Object.assign(state, { depth, line, quoted, escaped });
  return depth <= maxDepth;
}
