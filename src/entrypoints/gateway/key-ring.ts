import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { type Role, roles } from "../../core/access/roles.ts";

export interface StoredKey {
  readonly name: string;
  readonly role: Role;
  /** SHA-256 of the key, hexadecimal: keys are random, so no slow hash is needed. */
  readonly sha256: string;
}

/** Keys that may come in `Authorization: Bearer …` or `X-API-Key`. Kept as hashes, compared in constant time. */
export class KeyRing {
  readonly #keys: readonly { readonly role: Role; readonly hash: Buffer }[];

  constructor(keys: readonly StoredKey[]) {
    this.#keys = keys.map((key) => ({ role: key.role, hash: Buffer.from(key.sha256, "hex") }));
  }

  /** True where the request carries a key of at least this role. Predicting takes a viewer's key. */
  allows(headers: IncomingHttpHeaders, role: Role): boolean {
    const given = headers.authorization?.replace(/^Bearer\s+/i, "") ?? headers["x-api-key"];
    if (typeof given !== "string" || given === "") return false;
    const hash = createHash("sha256").update(given).digest();
    let best = -1;
    for (const key of this.#keys) {
      if (key.hash.length === hash.length && timingSafeEqual(key.hash, hash))
        best = Math.max(best, roles.indexOf(key.role));
    }
    return best >= roles.indexOf(role);
  }
}
