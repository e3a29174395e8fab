/**
 * JSON with the keys of every object in code-unit order and no spaces: equal values give equal bytes, so that a digest
 * of the text is a digest of the value. `undefined` members are left out, as in JSON.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value)) ?? "null";
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  // fromEntries defines members, so that a key "__proto__" stays a key.
  return Object.fromEntries(entries.map(([key, member]) => [key, sorted(member)]));
}
