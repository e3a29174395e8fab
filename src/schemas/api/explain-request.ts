import type { z } from "zod";
import { hideCredentials } from "../../core/hide-credentials.ts";
import { nearest } from "../../core/nearest.ts";

/** One part of a request that does not fit. */
export interface RequestProblem {
  /** JSON pointer, behind the part of the request: `/body/artifact/value`, `/query/limit`. */
  readonly pointer: string;
  /** As a person reads it: `artifact.value is missing`. */
  readonly detail: string;
  readonly mend: readonly string[];
}

/** `body`, `query` or `path`. */
export type RequestPart = "body" | "query" | "path";

const TAKES: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "an object",
  record: "an object",
  array: "a list",
};

/** What does not fit, in our words: what is there, what it takes, which field is meant. */
export function explainRequest(
  issues: readonly z.core.$ZodIssue[],
  value: unknown,
  schema: z.core.$ZodType,
  part: RequestPart,
): RequestProblem[] {
  return issues.flatMap((issue) => {
    const path = issue.path.map(String);
    const here = valueAt(value, path);
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => unknownField([...path, key], key, fieldsAt(schema, path), part));
    }
    if (issue.code === "invalid_union" && here !== undefined) {
      // Where one alternative fits but for a field inside it, that says more than that none fits.
      const inside = issue.errors.filter((one) => one.every((inner) => inner.path.length > 0));
      const [only] = inside;
      if (only !== undefined && only.length > 0 && inside.length === 1) {
        const moved = only.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
        return explainRequest(moved, value, schema, part);
      }
    }
    return [{ pointer: pointerTo(part, path), detail: `${nameOf(part, path)} ${says(issue, here)}`, mend: [] }];
  });
}

function says(issue: z.core.$ZodIssue, value: unknown): string {
  if (value === undefined || (value === null && issue.path.length === 0)) return "is missing";
  switch (issue.code) {
    case "invalid_type":
      return `is ${shown(value)}; it takes ${TAKES[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return withNearest(value, issue.values.map(String));
    case "too_small":
    case "too_big":
      return sizeText(issue, value);
    case "invalid_union":
      return `is ${shown(value)}, which fits none of the forms that it may have`;
    default:
      return `is ${shown(value)}; ${issue.message}`;
  }
}

function withNearest(value: unknown, options: readonly string[]): string {
  const near = typeof value === "string" ? nearest(value, options) : [];
  return `is ${shown(value)}; it takes ${options.join(", ")}${near.length > 0 ? ` (nearest: ${near[0]})` : ""}`;
}

function sizeText(issue: Extract<z.core.$ZodIssue, { code: "too_small" | "too_big" }>, value: unknown): string {
  const small = issue.code === "too_small";
  const limit = String(small ? issue.minimum : issue.maximum);
  const atLeast = small ? "at least" : "at most";
  if (Array.isArray(value)) return `has ${value.length} parts; it takes ${atLeast} ${limit}`;
  if (typeof value === "string" && issue.origin === "string") {
    return value === "" ? "is an empty text" : `has ${value.length} characters; it takes ${atLeast} ${limit}`;
  }
  const bound = issue.inclusive === false ? (small ? "more than" : "less than") : atLeast;
  return `is ${shown(value)}; it takes ${bound} ${limit}`;
}

function unknownField(
  path: readonly string[],
  key: string,
  known: readonly string[],
  part: RequestPart,
): RequestProblem {
  const near = nearest(key, known);
  const what = part === "query" ? "parameter" : "field";
  return {
    pointer: pointerTo(part, path),
    detail: `there is no ${what} ${JSON.stringify(path.join("."))}`,
    mend: [near.length > 0 ? `nearest: ${near.join(", ")}` : `${what}s: ${known.join(", ") || "none"}`],
  };
}

function shown(value: unknown): string {
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "an object";
  const plain = typeof value === "string" ? hideCredentials(value) : value;
  const text = typeof plain === "number" ? String(plain) : (JSON.stringify(plain) ?? "nothing");
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function pointerTo(part: RequestPart, path: readonly string[]): string {
  return [`/${part}`, ...path.map((step) => step.replaceAll("~", "~0").replaceAll("/", "~1"))].join("/");
}

function nameOf(part: RequestPart, path: readonly string[]): string {
  if (path.length > 0) return path.join(".");
  return part === "body" ? "the body" : `the ${part}`;
}

function valueAt(root: unknown, path: readonly string[]): unknown {
  let here = root;
  for (const step of path) {
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, step)) return undefined;
    here = (here as Readonly<Record<string, unknown>>)[step];
  }
  return here;
}

/** The fields that an object takes at a place of the schema, over all forms that it may have there. */
function fieldsAt(schema: z.core.$ZodType, path: readonly string[]): string[] {
  let here: readonly z.core.$ZodType[] = [schema];
  for (const step of path) here = here.flatMap(unwrapped).flatMap((one) => childOf(one, step));
  return [...new Set(here.flatMap(unwrapped).flatMap((one) => Object.keys(shapeOf(one))))];
}

type Definition = z.core.$ZodTypeDef & {
  readonly innerType?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly element?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
};

function definitionOf(schema: z.core.$ZodType): Definition {
  return schema._zod.def as Definition;
}

function unwrapped(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  const { innerType, options } = definitionOf(schema);
  if (innerType !== undefined) return unwrapped(innerType);
  return options === undefined ? [schema] : options.flatMap(unwrapped);
}

function shapeOf(schema: z.core.$ZodType): Readonly<Record<string, z.core.$ZodType>> {
  return definitionOf(schema).shape ?? {};
}

function childOf(schema: z.core.$ZodType, step: string): readonly z.core.$ZodType[] {
  const { element, valueType } = definitionOf(schema);
  const child = shapeOf(schema)[step] ?? element ?? valueType;
  return child === undefined ? [] : [child];
}
