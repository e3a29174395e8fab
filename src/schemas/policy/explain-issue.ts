import type { z } from "zod";
import { nearest } from "../../core/nearest.ts";
import type { SourceProblem } from "../yaml-source.ts";
import { shown } from "./parse-condition.ts";
import { type JsonSchema, knownKeys, policyJsonSchema, schemaAt } from "./policy-json-schema.ts";

/**
 * Problems in our words for one of the schema library's: what is there, what it takes, what is nearest.
 * @param schema of `root`; that of the whole policy unless it is one section
 */
export function explainIssue(issue: z.core.$ZodIssue, root: unknown, schema = policyJsonSchema()): SourceProblem[] {
  const path = issue.path.filter((step) => typeof step !== "symbol");
  const value = valueAt(root, path);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => unknownKey(path, key, schema));
    case "invalid_type":
      return [
        value === undefined
          ? missingKey(path, schema)
          : { path, message: `is ${shown(value)}; ${takes(issue)}`, mend: typeMend(issue, value) },
      ];
    case "invalid_value": {
      const options = issue.values.map(String);
      const near = typeof value === "string" ? nearest(value, options) : [];
      if (value === undefined) return [missingKey(path, schema)];
      return [
        {
          path,
          message: `is ${shown(value)}; it takes ${listed(options)}`,
          mend: near.length > 0 ? [`nearest: ${near[0]}`] : [],
        },
      ];
    }
    case "too_small":
    case "too_big":
      return [{ path, message: sizeMessage(issue, value, schema) }];
    case "invalid_union":
      if (value === undefined) return [missingKey(path, schema)];
      return insideUnion(issue, path, root, schema) ?? [{ path, message: `is ${shown(value)}; it ${issue.message}` }];
    default:
      return [{ path, message: issue.message }];
  }
}

type UnionIssue = Extract<z.core.$ZodIssue, { code: "invalid_union" }>;

/** Where one alternative went further than the type of the value (a map with one wrong key), its problems say more. */
function insideUnion(
  issue: UnionIssue,
  path: (string | number)[],
  root: unknown,
  schema: JsonSchema,
): SourceProblem[] | null {
  const promising = issue.errors.filter((alternative) =>
    alternative.every((inner) => inner.path.length > 0 || inner.code === "unrecognized_keys"),
  );
  const chosen = promising.find((alternative) => alternative.length > 0);
  if (chosen === undefined || promising.length > 1) return null;
  return chosen.flatMap((inner) => explainIssue({ ...inner, path: [...path, ...inner.path] }, root, schema));
}

function unknownKey(path: (string | number)[], key: string, schema: JsonSchema): SourceProblem {
  const known = knownKeys(path, schema);
  const near = nearest(key, known);
  return {
    path,
    key,
    message: `${path.length === 0 && schema === policyJsonSchema() ? "the policy " : ""}has no key "${key}"`,
    mend: [near.length > 0 ? `nearest: ${near.join(", ")}` : `keys: ${known.join(", ")}`],
  };
}

function missingKey(path: (string | number)[], schema: JsonSchema): SourceProblem {
  const description = schemaAt(path, schema)?.["description"];
  return {
    path,
    message: "is missing",
    mend: typeof description === "string" ? [description] : [],
  };
}

type TypeIssue = Extract<z.core.$ZodIssue, { code: "invalid_type" }>;

const WORDS: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "a map",
  record: "a map",
  array: "a list",
};

function takes(issue: TypeIssue): string {
  return `it takes ${WORDS[issue.expected] ?? issue.expected}`;
}

function typeMend(issue: TypeIssue, value: unknown): string[] {
  if (issue.expected === "boolean" && typeof value === "string") {
    const yes = /^(yes|on|y|true|1)$/i.test(value);
    const no = /^(no|off|n|false|0)$/i.test(value);
    return yes || no ? [`write ${yes ? "true" : "false"}`] : [];
  }
  if (issue.expected === "number" && typeof value === "string" && value.trim() !== "" && !Number.isNaN(Number(value))) {
    return [`write it without quotes: ${Number(value)}`];
  }
  return [];
}

type SizeIssue = Extract<z.core.$ZodIssue, { code: "too_small" | "too_big" }>;

function sizeMessage(issue: SizeIssue, value: unknown, root: JsonSchema): string {
  const small = issue.code === "too_small";
  const limit = small ? issue.minimum : issue.maximum;
  if (Array.isArray(value)) return `has ${value.length} parts; it takes ${small ? "at least" : "at most"} ${limit}`;
  if (typeof value === "string") return "is an empty text";
  const path = issue.path.filter((step) => typeof step !== "symbol");
  const schema = schemaAt(path, root) ?? {};
  const above = schema["exclusiveMinimum"];
  const low = schema["minimum"] ?? above;
  const high = schema["maximum"];
  const both = typeof low === "number" && typeof high === "number" && high < 1e15;
  const bounds = !both ? null : low === above ? `above ${low} and at most at ${high}` : `from ${low} to ${high}`;
  return `is ${shown(value)}; it lies ${bounds ?? `${small ? (issue.inclusive ? "at or above" : "above") : "at or below"} ${limit}`}`;
}

function listed(options: readonly string[]): string {
  return options.length <= 1 ? (options[0] ?? "") : `${options.slice(0, -1).join(", ")} or ${options.at(-1)}`;
}

function valueAt(root: unknown, path: readonly (string | number)[]): unknown {
  let here: unknown = root;
  for (const step of path) {
    if (typeof here !== "object" || here === null) return undefined;
    here = (here as Record<string | number, unknown>)[step];
  }
  return here;
}
