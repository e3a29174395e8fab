export const MOST_DEPTH = 64;

/** How deep a parsed JSON value nests, without recursion; stops counting just beyond what is allowed. */
export function jsonDepth(value: unknown): number {
  let depth = 0;
  let level: unknown[] = isContainer(value) ? [value] : [];
  while (level.length > 0 && depth <= MOST_DEPTH) {
    depth += 1;
    level = level.flatMap((part) => Object.values(part as object).filter(isContainer));
  }
  return depth;
}

function isContainer(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype)
  );
}
