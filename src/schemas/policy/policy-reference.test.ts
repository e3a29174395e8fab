import { expect, test } from "vitest";
import { conditionForms, sliceForms } from "../../core/slices/slice-forms.ts";
import { parsePolicy } from "./parse-policy.ts";
import { type JsonSchema, policyJsonSchema } from "./policy-json-schema.ts";
import { policyReference } from "./policy-reference.ts";

const parse = (slice: string) =>
  parsePolicy(
    [
      "task: binary",
      "data: { test: test.csv }",
      "columns: { label: y, time: timestamp }",
      "models: { champion: { column: a }, challenger: { column: b } }",
      "slices:",
      `  ${slice}`,
    ].join("\n"),
    "umpire.yaml",
  ).policy;

test.each(sliceForms.map((form) => [form.name, form.example] as const))(
  "the example of %s can be pasted",
  (_, example) => {
    expect(parse(example).slices).toHaveLength(1);
  },
);

test.each(conditionForms.map((form) => form.example))("the condition %s can be pasted", (example) => {
  expect(parse(`s: { where: ${example} }`).slices[0]!.form.kind).toBe("where");
});

test("every key of the published schema has a description", () => {
  const bare: string[] = [];
  const visit = (schema: JsonSchema, path: string): void => {
    for (const [key, value] of Object.entries((schema["properties"] ?? {}) as Record<string, JsonSchema>)) {
      const described = value["description"] !== undefined || path.startsWith("condition") || path === "rule";
      if (!described) bare.push(`${path}.${key}`);
      visit(value, `${path}.${key}`);
    }
  };
  const schema = policyJsonSchema();
  visit(schema, "");
  for (const id of ["model", "baseline", "slice", "costs"]) {
    visit((schema["$defs"] as Record<string, JsonSchema>)[id]!, id);
  }
  expect(bare).toEqual([]);
});

test("every reference of the schema leads somewhere, and unknown keys are closed off", () => {
  const schema = policyJsonSchema();
  const definitions = schema["$defs"] as Record<string, JsonSchema>;
  const references = [...JSON.stringify(schema).matchAll(/"#\/\$defs\/(\w+)"/g)].map((found) => found[1]!);
  expect(references.length).toBeGreaterThan(10);
  for (const name of references) expect(Object.keys(definitions)).toContain(name);
  expect(schema["additionalProperties"]).toBe(false);
  for (const id of ["model", "baseline", "slice"]) expect(definitions[id]!["additionalProperties"]).toBe(false);
});

test("the page names every key of the policy", () => {
  const page = policyReference();
  for (const key of ["columns.unit", "gate.min_units", "aggregate.by", "seed"]) expect(page).toContain(`\`${key}\``);
  expect(page).not.toContain("anything or anything");
});
