import { createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { basename } from "node:path";
import { Failure } from "../../core/failures.ts";
import { reasonOf } from "./source-files.ts";

/**
 * SHA-256 in hex over the files in reading order: for each, its name without folders, a zero byte, its size as decimal
 * text, a zero byte, its bytes. The same files in another folder have the same fingerprint.
 * @throws Failure FILE_UNREADABLE
 */
export async function fingerprintFiles(files: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const path of files) {
    try {
      hash.update(`${basename(path)}\0${statSync(path).size}\0`);
      for await (const chunk of createReadStream(path, { highWaterMark: 1 << 22 })) hash.update(chunk as Buffer);
    } catch (cause) {
      throw new Failure("FILE_UNREADABLE", {
        where: path,
        message: `the file cannot be read (${reasonOf(cause)})`,
        cause,
      });
    }
  }
  return hash.digest("hex");
}
