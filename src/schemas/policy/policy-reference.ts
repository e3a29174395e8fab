import { z } from "zod";
import { conditionForms, sliceForms } from "../../core/slices/slice-forms.ts";
import { alertsFile } from "../alerts/parse-alerts.ts";
import { gatewayFile } from "../gateway/gateway-file.ts";
import { monitorsFile } from "../monitors/parse-monitors.ts";
import { retrainingFile } from "../retraining/retraining-file.ts";
import { type JsonSchema, policyJsonSchema } from "./policy-json-schema.ts";

/** `docs/reference/policy.md`: every key from the JSON Schema, every form from its catalogue entry. */
export function policyReference(): string {
  const schema = policyJsonSchema();
  const parts = [
    "# The policy, `umpire.yaml`",
    "",
    "One file says how a challenger is judged. Everything has a default; the smallest useful policy is:",
    "",
    "```yaml",
    "task: binary",
    "data: { test: test.csv }",
    "columns: { label: label }",
    "models:",
    "  champion: { column: score_old }",
    "  challenger: { column: score_new }",
    "```",
    "",
    "Paths are relative to the file. Unknown keys are refused with the nearest name; every mistake is told at its line",
    "and column. For completion in an editor, point it at the published schema:",
    "`# yaml-language-server: $schema=./node_modules/umpire/schemas/umpire.schema.json`",
    "",
    "## Keys",
    "",
    ...keyTable(schema, ""),
    ...["model", "baseline", "slice", "costs", "release", "releaseStage", "releaseLabel"].flatMap((id) =>
      definition(schema, id),
    ),
    ...Object.entries(sections).flatMap(([title, section]) => [
      `## ${title}`,
      "",
      ...keyTable(sectionSchema(section), "", true),
    ]),
    "## Forms of a slice",
    "",
    ...sliceForms.flatMap((form) => [
      `### ${form.name}`,
      "",
      "```yaml",
      form.example,
      "```",
      "",
      form.says,
      `Makes ${form.makes}.`,
      "",
    ]),
    "A slice is *routable* (known when the request comes; for a ranking, the same for the whole list), *item* (on the rows",
    "of a list, or known only afterwards) or *window* (reads a time). All are judged; only routable ones can be a stage of",
    "a release.",
    "",
    "## Conditions",
    "",
    "| condition | rows |",
    "| --- | --- |",
    ...conditionForms.map((form) => `| \`${form.example}\` | ${form.says} |`),
    "",
    "Truth is two-valued: a comparison with null is false, so its `not` is true.",
    "",
  ];
  return parts.join("\n");
}

/** Sections with a schema of their own. They may stand in a file that the policy names. */
const sections: Readonly<Record<string, z.ZodType>> = {
  "What is watched (`monitors`)": monitorsFile,
  "How it is trained again (`retrain`)": retrainingFile,
  "Whom to tell (`alerts`)": alertsFile,
  "How it is served (`gateway`)": gatewayFile,
};

function sectionSchema(section: z.ZodType): JsonSchema {
  return z.toJSONSchema(section, { target: "draft-2020-12", unrepresentable: "any", reused: "inline" }) as JsonSchema;
}

const TITLES: Readonly<Record<string, string>> = {
  model: "A model (`models.champion`, `models.challenger`)",
  baseline: "A baseline (each entry of `baselines`)",
  slice: "A slice (each entry of `slices`)",
  costs: "Costs",
  release: "A release (`release`)",
  releaseStage: "A stage (each entry of `release.stages`)",
  releaseLabel: "A label that guards (each entry of `release.guardrails.labels`)",
};

function definition(schema: JsonSchema, id: string): string[] {
  const definitions = schema["$defs"] as Record<string, JsonSchema>;
  return [`## ${TITLES[id] ?? id}`, "", ...keyTable(definitions[id] ?? {}, "")];
}

function keyTable(schema: JsonSchema, prefix: string, isDeep = false): string[] {
  return ["| key | takes | says |", "| --- | --- | --- |", ...keyRows(schema, prefix, isDeep), ""];
}

/** @param isDeep entries of lists and maps have rows of their own */
function keyRows(schema: JsonSchema, prefix: string, isDeep = false): string[] {
  const properties = (schema["properties"] ?? {}) as Record<string, JsonSchema>;
  const required = new Set((schema["required"] ?? []) as string[]);
  return Object.entries(properties).flatMap(([key, value]) => {
    const name = `${prefix}${key}`;
    const says = `${required.has(key) ? "**Required.** " : ""}${typeof value["description"] === "string" ? value["description"] : ""}`;
    const row = `| \`${name}\` | ${takes(value)} | ${says.replaceAll("|", "\\|")} |`;
    if (value["properties"] !== undefined) return [row, ...keyRows(value, `${name}.`, isDeep)];
    return isDeep ? [row, ...insideRows(value, name)] : [row];
  });
}

function insideRows(schema: JsonSchema, name: string): string[] {
  const inside: readonly [part: unknown, prefix: string][] = [
    [schema["items"], `${name}[].`],
    [schema["additionalProperties"], `${name}.NAME.`],
    ...((schema["anyOf"] ?? []) as JsonSchema[]).flatMap((part): [unknown, string][] => [
      [part, `${name}.`],
      [part["items"], `${name}[].`],
    ]),
  ];
  return inside.flatMap(([part, prefix]) => {
    const map = part as JsonSchema | undefined | boolean;
    return typeof map === "object" && map["properties"] !== undefined ? keyRows(map, prefix, true) : [];
  });
}

const REFERENCES: Readonly<Record<string, string>> = {
  name: "a name",
  names: "a name or a list of names",
  condition: "a [condition](#conditions)",
  columnCondition: "a value or a [condition](#conditions) on the label",
  rule: "a map",
  dimension: "a column, or a map with `column` and a cut",
  model: "a map, see below",
  slice: "a map, see below",
  costs: "`{ false_positive, false_negative }`",
  baseline: "a map, see below",
  release: "a map, see below",
  releaseStage: "a map, see below",
  releaseLabel: "a map, see below",
  releaseSpan: "a span of time such as `24h`",
};

function takes(schema: JsonSchema): string {
  const reference = schema["$ref"];
  if (typeof reference === "string") return REFERENCES[reference.replace("#/$defs/", "")] ?? "a map";
  const options = schema["enum"];
  if (Array.isArray(options)) return options.map((option) => `\`${String(option)}\``).join(", ");
  if (schema["const"] !== undefined) return `\`${JSON.stringify(schema["const"])}\``;
  const union = schema["anyOf"];
  if (Array.isArray(union)) {
    const parts = (union as JsonSchema[]).filter((part) => part["type"] !== "null").map(takes);
    return [...new Set(parts)].join(" or ");
  }
  return ofType(schema);
}

function ofType(schema: JsonSchema): string {
  const [low, high] = [schema["minimum"], schema["maximum"]];
  const bounds = typeof low === "number" && typeof high === "number" && high < 1e15 ? ` from ${low} to ${high}` : "";
  const type = schema["type"];
  if (Array.isArray(type)) {
    const parts = type.filter((one) => one !== "null").map((one) => ofType({ ...schema, type: one }));
    return parts.join(" or ");
  }
  switch (type) {
    case "string":
      return "text";
    case "number":
      return `a number${bounds}`;
    case "integer":
      return `a whole number${bounds}`;
    case "boolean":
      return "`true` or `false`";
    case "array":
      return typeof schema["items"] === "object" && schema["items"] !== null && Object.keys(schema["items"]).length > 0
        ? listOf(takes(schema["items"] as JsonSchema))
        : "a list";
    case "object": {
      const keys = Object.keys((schema["properties"] ?? {}) as object);
      return keys.length > 0 && keys.length < 4 ? `\`{ ${keys.join(", ")} }\`` : "a map";
    }
    default:
      return "anything";
  }
}

function listOf(one: string): string {
  const plural: Readonly<Record<string, string>> = { text: "texts", "a name": "names", "a number": "numbers" };
  return plural[one] === undefined ? `a list, each ${one}` : `a list of ${plural[one]}`;
}
