import { sha256Hex } from "../hash/sha256.ts";
import { canonicalJson } from "./canonical-json.ts";

/** One change of the state: who, when, what, and the state of the thing before and after as digests. */
export interface AuditEntry {
  /** 1, 2, 3 …: the order of changes, whatever the clock did. */
  readonly sequence: number;
  /** Milliseconds since 1970 as the server's clock said; may step back, the sequence does not. */
  readonly time: number;
  readonly actor: string;
  /** The role under which it was done; `system` where the product did it by itself. */
  readonly role: string;
  /** `version.register`, `alias.set`, … */
  readonly action: string;
  /** What was changed: `version`, `film-ranker/3`. */
  readonly kind: string;
  readonly id: string;
  /** SHA-256 of the thing before and after; null where there was or is none. */
  readonly before: string | null;
  readonly after: string | null;
  /** Reason and figures for people, as JSON. Never a secret. */
  readonly detail: string;
  /** Hash of the entry before; of the first one, 64 zeros. */
  readonly previous: string;
  readonly hash: string;
}

export type AuditContent = Omit<AuditEntry, "hash" | "previous">;

/** What the first entry names as its predecessor. */
export const chainStart = "0".repeat(64);

/** Appends to the chain: the hash covers every field and the hash of the entry before. */
export function chainEntry(content: AuditContent, previous: string): AuditEntry {
  return { ...content, previous, hash: hashOf(content, previous) };
}

function hashOf(content: AuditContent, previous: string): string {
  const { sequence, time, actor, role, action, kind, id, before, after, detail } = content;
  return sha256Hex(canonicalJson({ sequence, time, actor, role, action, kind, id, before, after, detail, previous }));
}

/** Where a chain was broken, as a sentence. */
export interface ChainBreak {
  readonly sequence: number;
  readonly message: string;
}

/** Reads a chain entry by entry, in order, and says at the first place that does not fit what is wrong there. */
export class ChainReader {
  #sequence = 0;
  #hash = chainStart;

  get head(): { readonly sequence: number; readonly hash: string } {
    return { sequence: this.#sequence, hash: this.#hash };
  }

  /** @returns null where the entry fits */
  read(entry: AuditEntry): ChainBreak | null {
    const wanted = this.#sequence + 1;
    const wrong = (message: string): ChainBreak => ({ sequence: wanted, message });
    if (entry.sequence !== wanted) return wrong(`entry ${wanted} is missing; the next one is ${entry.sequence}`);
    if (entry.previous !== this.#hash) return wrong(`entry ${wanted} does not follow the one before it`);
    if (entry.hash !== hashOf(entry, entry.previous)) return wrong(`entry ${wanted} was changed after it was written`);
    this.#sequence = wanted;
    this.#hash = entry.hash;
    return null;
  }
}
