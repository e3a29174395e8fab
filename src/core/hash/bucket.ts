import { sha256Fraction } from "./sha256.ts";

/**
 * Where a unit falls in [0, 1) for a salt: first 52 bits of SHA-256(salt + ":" + unit) / 2^52. A unit belongs to a share w
 * when its bucket is below w, so a growing share only adds units. DuckDB, PostgreSQL and Trino can recompute it;
 * `bucket.fixture.json` holds vectors for any language.
 */
export function bucket(salt: string, unit: string): number {
  return sha256Fraction(`${salt}:${unit}`);
}
