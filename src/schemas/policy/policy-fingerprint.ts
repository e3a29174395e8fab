import { sha256Hex } from "../../core/hash/sha256.ts";
import type { Policy } from "./policy.ts";

/**
 * SHA-256 (hex) of what a policy says, whatever its comments, order of keys and formatting. The order of slices,
 * metrics and baselines is part of what it says.
 */
export function policyFingerprint(policy: Policy): string {
  return sha256Hex(canonicalJson(policy));
}

/** JSON without spaces and with the keys of every map in order of their code units. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value)
      .filter(([, entry]) => entry !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, entry]) => `${JSON.stringify(key)}:${canonicalJson(entry)}`);
    return `{${entries.join(",")}}`;
  }
  return JSON.stringify(value) ?? "null";
}
