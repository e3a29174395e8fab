import { createHash } from "node:crypto";
import type { ArtifactStore } from "../ports/artifact-store.ts";
import { Failure } from "../../core/failures.ts";

/** Files in memory, for tests and for the description of the interface. */
export function memoryArtifacts(): ArtifactStore & { readonly files: Map<string, Uint8Array> } {
  const files = new Map<string, Uint8Array>();
  const need = (digest: string): Uint8Array => {
    const found = files.get(digest);
    if (found === undefined) throw new Failure("NOT_FOUND", { message: "there is no such file" });
    return found;
  };
  return {
    files,
    put: async (content, limit) => {
      const parts: Uint8Array[] = [];
      for await (const part of content instanceof Uint8Array ? [content] : content) parts.push(part as Uint8Array);
      const bytes = Buffer.concat(parts);
      if (bytes.length > limit) throw new Failure("TOO_LARGE", { message: "too large" });
      const digest = createHash("sha256").update(bytes).digest("hex");
      files.set(digest, bytes);
      return { digest, bytes: bytes.length };
    },
    path: (digest) => {
      need(digest);
      return `/memory/${digest}`;
    },
    has: (digest) => files.has(digest),
    read: (digest) => Promise.resolve().then(() => need(digest)),
    list: () => Promise.resolve([...files.keys()]),
    remove: (digest) => {
      files.delete(digest);
      return Promise.resolve();
    },
    damaged: () => Promise.resolve([]),
  };
}
