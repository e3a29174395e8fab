import type { Readable } from "node:stream";

/** Files by the SHA-256 of their content. A file that is there is whole: it gets its name last. */
export interface ArtifactStore {
  /** Takes a file in; the same content twice is kept once. @throws Failure TOO_LARGE, WRITE */
  put(content: Readable | Uint8Array, limitBytes: number): Promise<StoredArtifact>;
  /** The path of a file on this machine. @throws Failure NOT_FOUND */
  path(digest: string): string;
  has(digest: string): boolean;
  /** @throws Failure NOT_FOUND, TOO_LARGE where it has more than `mostBytes`; default: however much */
  read(digest: string, mostBytes?: number): Promise<Uint8Array>;
  list(): Promise<string[]>;
  remove(digest: string): Promise<void>;
  /** Digests of files whose content is not what their name says. */
  damaged(): Promise<string[]>;
}

export interface StoredArtifact {
  readonly digest: string;
  readonly bytes: number;
}
