import { createHash, randomUUID } from "node:crypto";
import { createReadStream, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { open, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Failure } from "../../core/failures.ts";
import type { ArtifactStore, StoredArtifact } from "../../app/ports/artifact-store.ts";

const DIGEST = /^[0-9a-f]{64}$/;

/** Keeps files under `FOLDER/ab/abcd…`. What a killed process left half-written is removed at the next start. */
export function createArtifactFolder(folder: string): ArtifactStore {
  const incoming = join(folder, "incoming");
  rmSync(incoming, { recursive: true, force: true });
  mkdirSync(incoming, { recursive: true, mode: 0o700 });
  return new ArtifactFolder(folder, incoming);
}

/** The same to look at beside a running server: nothing is removed or written. */
export function readArtifactFolder(folder: string): ArtifactStore {
  return new ArtifactFolder(folder, join(folder, "incoming"));
}

class ArtifactFolder implements ArtifactStore {
  readonly #folder: string;
  readonly #incoming: string;

  constructor(folder: string, incoming: string) {
    this.#folder = folder;
    this.#incoming = incoming;
  }

  async put(content: Readable | Uint8Array, limitBytes: number): Promise<StoredArtifact> {
    const temporary = join(this.#incoming, randomUUID());
    try {
      const stored = await writeDurably(content, temporary, limitBytes);
      const place = this.#place(stored.digest);
      const parent = join(this.#folder, stored.digest.slice(0, 2));
      mkdirSync(parent, { recursive: true });
      await rename(temporary, place);
      await syncFolder(parent);
      return stored;
    } catch (error) {
      await rm(temporary, { force: true });
      throw writeFailure(error, this.#folder);
    }
  }

  has(digest: string): boolean {
    return DIGEST.test(digest) && existsSync(this.#place(digest));
  }

  path(digest: string): string {
    if (this.has(digest)) return this.#place(digest);
    throw new Failure("NOT_FOUND", {
      message: `there is no file of the digest ${JSON.stringify(digest.slice(0, 80))}`,
      mend: ["send the file first: POST /v1/artifacts, or umpire models register --onnx FILE"],
    });
  }

  async read(digest: string, mostBytes = Number.POSITIVE_INFINITY): Promise<Uint8Array> {
    const path = this.path(digest);
    const { size } = await stat(path);
    if (size <= mostBytes) return readFile(path);
    const limit = mostBytes.toLocaleString("en-US");
    throw new Failure("TOO_LARGE", { message: `the file ${digest.slice(0, 12)}… has more than ${limit} bytes` });
  }

  list(): Promise<string[]> {
    if (!existsSync(this.#folder)) return Promise.resolve([]);
    const folders = readdirSync(this.#folder).filter((name) => /^[0-9a-f]{2}$/.test(name));
    const digests = folders.flatMap((name) => readdirSync(join(this.#folder, name)));
    return Promise.resolve(digests.filter((name) => DIGEST.test(name)).toSorted());
  }

  async remove(digest: string): Promise<void> {
    await rm(this.path(digest), { force: true });
  }

  async damaged(): Promise<string[]> {
    const damaged: string[] = [];
    for (const digest of await this.list()) {
      const hash = createHash("sha256");
      await pipeline(createReadStream(this.#place(digest)), hash);
      if (hash.digest("hex") !== digest) damaged.push(digest);
    }
    return damaged;
  }

  #place(digest: string): string {
    return join(this.#folder, digest.slice(0, 2), digest);
  }
}

async function writeDurably(content: Readable | Uint8Array, path: string, limit: number): Promise<StoredArtifact> {
  const file = await open(path, "wx", 0o600);
  const hash = createHash("sha256");
  let bytes = 0;
  try {
    for await (const chunk of content instanceof Uint8Array ? Readable.from([content]) : content) {
      const part = chunk as Uint8Array;
      bytes += part.length;
      if (bytes > limit) {
        throw new Failure("TOO_LARGE", {
          message: `the file is larger than the limit of ${limit.toLocaleString("en-US")} bytes`,
        });
      }
      hash.update(part);
      await file.writeFile(part);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { digest: hash.digest("hex"), bytes };
}

/** A rename is only on the disk when its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function writeFailure(error: unknown, folder: string): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (
    error instanceof Failure ||
    code === undefined ||
    !["ENOSPC", "EACCES", "EROFS", "EDQUOT", "EIO"].includes(code)
  ) {
    return error;
  }
  return new Failure("WRITE", {
    where: folder,
    message: `the file could not be kept: ${(error as Error).message}`,
    mend: ["make room or give write access, then send it again; nothing was registered"],
    cause: error,
  });
}
