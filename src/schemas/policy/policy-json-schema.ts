import { z } from "zod";
import { policyFile } from "./policy-file.ts";

export type JsonSchema = { readonly [key: string]: unknown };

const scalar = { type: ["string", "number", "boolean"] };
const ref = (id: string): JsonSchema => ({ $ref: `#/$defs/${id}` });
const bound = { type: ["number", "string"], description: "A number, or a date such as 2026-01-31." };
const oneOrMore = (type: string): JsonSchema => ({
  anyOf: [{ type }, { type: "array", items: { type }, minItems: 1 }],
});

/** The recursive parts, which are read by hand (`parse-condition.ts`, `parse-models.ts`). */
const recursive: Readonly<Record<string, JsonSchema>> = {
  condition: {
    description: "A map from columns to what is asked of them (all of it), with any, all and not.",
    type: "object",
    minProperties: 1,
    properties: {
      any: { type: "array", items: ref("condition"), minItems: 1 },
      all: { type: "array", items: ref("condition"), minItems: 1 },
      not: ref("condition"),
    },
    additionalProperties: ref("columnCondition"),
  },
  columnCondition: {
    anyOf: [
      scalar,
      { type: "array", items: { type: [...scalar.type, "null"] }, minItems: 1, description: "Any of these values." },
      {
        type: "object",
        minProperties: 1,
        additionalProperties: false,
        properties: {
          from: { ...bound, description: `${bound.description} Included.` },
          to: { ...bound, description: `${bound.description} Included.` },
          above: { ...bound, description: `${bound.description} Not included.` },
          below: { ...bound, description: `${bound.description} Not included.` },
          not: { ...ref("columnCondition") },
          null: { type: "boolean", description: "True: rows without a value. False: rows with one." },
          hour: { ...oneOrMore("integer"), description: "Of a time, in UTC: 0 to 23." },
          weekday: {
            anyOf: [
              { type: ["string", "integer"] },
              { type: "array", items: { type: ["string", "integer"] }, minItems: 1 },
            ],
            description: "Of a time, in UTC: Monday to Sunday, or 1 to 7.",
          },
        },
      },
    ],
  },
  rule: {
    type: "object",
    required: ["when", "then", "else"],
    additionalProperties: false,
    properties: {
      when: ref("condition"),
      // Computed keys: a literal `then` would look like a promise.
      ...Object.fromEntries(
        ["then", "else"].map((key) => [key, { anyOf: [{ type: ["number", "string"] }, ref("rule")] }]),
      ),
    },
  },
};

let made: JsonSchema | null = null;

/** The JSON Schema (2020-12) of `umpire.yaml`, as published for editors. */
export function policyJsonSchema(): JsonSchema {
  if (made !== null) return made;
  const schema = z.toJSONSchema(policyFile, {
    target: "draft-2020-12",
    override: ({ zodSchema, jsonSchema }) => {
      const id = z.globalRegistry.get(zodSchema)?.id;
      const written = id === undefined ? undefined : recursive[id];
      if (written !== undefined) Object.assign(jsonSchema, written);
    },
  }) as JsonSchema;
  const definitions = schema["$defs"] as Record<string, JsonSchema> | undefined;
  made = { ...schema, $defs: { ...recursive, ...definitions } };
  return made;
}

/** The JSON Schema of a section that a reader of its own reads, such as `monitors`. */
export function sectionJsonSchema(shape: z.ZodType): JsonSchema {
  const known = sections.get(shape);
  if (known !== undefined) return known;
  const schema = z.toJSONSchema(shape, { target: "draft-2020-12", unrepresentable: "any", io: "input" }) as JsonSchema;
  sections.set(shape, schema);
  return schema;
}

const sections = new WeakMap<z.ZodType, JsonSchema>();

/** Part of a JSON Schema that describes the value at a path; null where the path leads out of it. */
export function schemaAt(path: readonly (string | number)[], root = policyJsonSchema()): JsonSchema | null {
  let here: JsonSchema | null = root;
  for (const step of path) {
    here = here === null ? null : stepInto(here, step, root);
  }
  return here === null ? null : resolved(here, root);
}

function stepInto(schema: JsonSchema, step: string | number, root: JsonSchema): JsonSchema | null {
  const here = resolved(schema, root);
  for (const option of alternatives(here, root)) {
    const properties = option["properties"] as Record<string, JsonSchema> | undefined;
    const named = properties?.[String(step)];
    if (named !== undefined) return named;
    const others = option["additionalProperties"];
    if (typeof step === "string" && typeof others === "object" && others !== null) return others as JsonSchema;
    const items = option["items"];
    if (typeof step === "number" && typeof items === "object" && items !== null) return items as JsonSchema;
  }
  return null;
}

function resolved(schema: JsonSchema, root: JsonSchema): JsonSchema {
  const reference = schema["$ref"];
  if (typeof reference !== "string") return schema;
  const definitions = root["$defs"] as Record<string, JsonSchema>;
  const { $ref: _, ...own } = schema;
  return { ...definitions[reference.replace("#/$defs/", "")], ...own };
}

function alternatives(schema: JsonSchema, root: JsonSchema): readonly JsonSchema[] {
  const options = schema["anyOf"] as readonly JsonSchema[] | undefined;
  return options === undefined ? [schema] : options.map((option) => resolved(option, root));
}

/** Keys that a map at this place may have, those of its alternatives together. */
export function knownKeys(path: readonly (string | number)[], root = policyJsonSchema()): string[] {
  const here = schemaAt(path, root);
  if (here === null) return [];
  return [
    ...new Set(alternatives(here, root).flatMap((option) => Object.keys((option["properties"] as object) ?? {}))),
  ];
}
