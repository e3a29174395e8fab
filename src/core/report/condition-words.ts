/** A condition in the policy's form (as the verdict keeps it) in words: `gender is F and 18 ≤ user_age < 30`. */
export function conditionInWords(where: unknown): string {
  if (where === null || where === undefined) return "everything";
  return joined(where, "and");
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function joined(where: unknown, word: "and" | "or"): string {
  const parts = Array.isArray(where)
    ? where.map((part) => bracketed(joined(part, "and"), word))
    : isRecord(where)
      ? Object.entries(where).map(([key, value]) => one(key, value))
      : [JSON.stringify(where)];
  return parts.length === 0 ? "everything" : parts.join(` ${word} `);
}

function bracketed(text: string, word: "and" | "or"): string {
  return word === "or" ? (/ and /.test(text) ? `(${text})` : text) : / or /.test(text) ? `(${text})` : text;
}

function one(key: string, value: unknown): string {
  if (key === "all" && Array.isArray(value)) return joined(value, "and");
  if (key === "any" && Array.isArray(value)) return `(${joined(value, "or")})`;
  if (key === "not" && isRecord(value)) return `not (${joined(value, "and")})`;
  return column(key, value);
}

const text = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

function column(name: string, value: unknown): string {
  if (Array.isArray(value)) return `${name} is ${value.map(text).join(" or ")}`;
  if (!isRecord(value)) return `${name} is ${text(value)}`;
  if ("not" in value) return `not (${column(name, value["not"])})`;
  if ("null" in value) return value["null"] === true ? `${name} is missing` : `${name} is not missing`;
  const low = "from" in value ? `${text(value["from"])} ≤ ` : "above" in value ? `${text(value["above"])} < ` : "";
  const high = "to" in value ? ` ≤ ${text(value["to"])}` : "below" in value ? ` < ${text(value["below"])}` : "";
  return low === "" && high === "" ? `${name} is ${JSON.stringify(value)}` : `${low}${name}${high}`;
}
