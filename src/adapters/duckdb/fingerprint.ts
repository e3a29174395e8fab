import { createHash, type Hash } from "node:crypto";
import { statSync } from "node:fs";
import { open } from "node:fs/promises";
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
      await hashBytes(path, hash);
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

/** Through one buffer: a stream would leave the whole file behind as garbage. */
async function hashBytes(path: string, hash: Hash): Promise<void> {
  const file = await open(path);
  try {
    const buffer = Buffer.allocUnsafeSlow(1 << 22);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length);
      if (bytesRead === 0) return;
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}
