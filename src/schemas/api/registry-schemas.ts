import { z } from "zod";
import { jsonValueSchema } from "./json-value.ts";
import { NAME_PATTERN } from "../../core/registry/names.ts";
import { isSecretParameter } from "../written-secrets.ts";

const text = z.string().max(10_000);
const short = z.string().max(1000);
export const nameSchema = z
  .string()
  .regex(NAME_PATTERN, "a name has 1 to 128 letters, digits, '.', '_' or '-', and starts with a letter or a digit");
/** Parts of paths. */
export const modelName = nameSchema.meta({ description: "Name of a model", examples: ["film-ranker"] });
export const versionName = nameSchema.meta({ description: "A version or an alias", examples: ["2", "champion"] });
export const digestSchema = z.string().regex(/^[0-9a-f]{64}$/, "a SHA-256 is 64 lower-case hexadecimal digits");
/** The file `examples/flights/models/challenger.onnx`, which examples of requests name. */
export const exampleFile = { digest: "39c63796512b7f44eea13485bc7c5004bba907521431ce25e2b41edb75563156", bytes: 64472 };
export const timeSchema = z.iso
  .datetime({ offset: true, error: "a time is RFC 3339, such as 2026-11-01T12:00:00Z" })
  .describe("RFC 3339");
const tagsSchema = z.record(z.string().max(200), short);
export const taskSchema = z.enum(["binary", "multiclass", "regression", "ranking"]);

const columnsSchema = z
  .strictObject({
    unit: short.nullable().default(null),
    time: short.nullable().default(null),
    id: short.nullable().default(null),
    group: short.nullable().default(null),
    item: short.nullable().default(null),
  })
  .describe("Columns of a record with a meaning of their own");

const retentionSchema = z
  .strictObject({ versions: z.number().int().max(100_000).default(7), days: z.number().min(0).max(36_500).default(30) })
  .describe("What is never deleted: the newest versions (at least 7), and what is younger than so many days");

const modelFields = {
  description: text.nullable().default(null),
  owner: short.nullable().default(null),
  task: taskSchema.nullable().default(null),
  columns: columnsSchema.default({ unit: null, time: null, id: null, group: null, item: null }),
  tags: tagsSchema.default({}),
  retention: retentionSchema.default({ versions: 7, days: 30 }),
};

export const modelChangeSchema = z
  .strictObject({
    ...modelFields,
    revision: z
      .number()
      .int()
      .min(0)
      .nullable()
      .default(null)
      .describe("The revision that was seen, 0 where it shall be new; null: whatever it is"),
  })
  .meta({
    examples: [{ description: "Orders films for a visitor", owner: "films@example.org", task: "ranking" }],
  });

export const modelViewSchema = z
  .object({
    name: nameSchema,
    ...modelFields,
    aliases: z.record(z.string(), z.string()),
    versions: z.number().int().describe("How many versions there are"),
    created: timeSchema,
    by: z.string(),
    revision: z.number().int(),
  })
  .meta({ id: "Model", description: "A model: a prediction problem with a name" });

function hasNoCredentials(address: string): boolean {
  const url = URL.parse(address);
  if (url === null) return true;
  const names = [...url.searchParams.keys()];
  return url.username === "" && url.password === "" && !names.some((name) => isSecretParameter(name));
}

const features = z.array(short).max(10_000);
const label = z.union([z.string().max(1000), z.number()]);
const encodeSchema = z.record(z.string(), z.record(z.string(), z.number()));
const missingSchema = z.union([
  z.number(),
  z.string().max(100),
  z.record(z.string(), z.union([z.number(), z.string()])),
]);

export const artifactSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("onnx"),
    digest: digestSchema,
    bytes: z.number().int().min(0),
    features: features.nullable().default(null),
    encode: encodeSchema.nullable().default(null),
    missing: missingSchema.nullable().default(null),
    output: short.nullable().default(null),
    class: label.nullable().default(null),
    task: taskSchema.nullable().default(null),
  }),
  z.strictObject({
    kind: z.literal("file"),
    digest: digestSchema,
    bytes: z.number().int().min(0),
    format: short.describe("What it is: `pickle`, `xgboost-json`, …; kept and traced, not served"),
  }),
  z.strictObject({
    kind: z.literal("url"),
    url: z
      .url({ protocol: /^https?$/, error: "an address starts with http:// or https://" })
      .max(2000)
      .refine(
        hasNoCredentials,
        "an address that every viewer sees holds no user, password or token; a model that needs one stands in the gateway's own file, with headers",
      ),
    protocol: z.enum(["open-inference", "mlflow", "json"]).nullable().default(null),
    model: short.nullable().default(null),
    version: short.nullable().default(null),
    features: features.nullable().default(null),
    output: short.nullable().default(null),
    class: label.nullable().default(null),
    request: short.nullable().default(null),
    response: short.nullable().default(null),
  }),
  z.strictObject({
    kind: z.literal("rule"),
    rule: z.unknown().describe("As in the policy: { when: CONDITION, then: VALUE, else: VALUE }"),
  }),
  z.strictObject({ kind: z.literal("constant"), value: label }),
]);

const periodSchema = z.strictObject({ from: short, to: short });
export const dataUseSchema = z.strictObject({
  name: nameSchema,
  fingerprint: short.min(1),
  role: z.string().min(1).max(100).default("training"),
});

export const configurationSchema = z
  .strictObject({
    hyperparameters: z.record(z.string().max(200), jsonValueSchema).default({}),
    threshold: z
      .strictObject({ value: z.number(), learnt: short.nullable().default(null) })
      .nullable()
      .default(null),
    features: features.default([]),
    trainingPeriod: periodSchema.nullable().default(null),
    data: z.array(dataUseSchema).max(100).default([]),
    commit: short.nullable().default(null),
    environment: z.record(z.string().max(200), short).default({}),
    run: short.nullable().default(null),
    parent: nameSchema.nullable().default(null),
    note: text.nullable().default(null),
  })
  .describe("How the version came to be: enough to make it again");

export const emptyConfiguration: z.infer<typeof configurationSchema> = configurationSchema.parse({});

export const versionCreateSchema = z
  .strictObject({
    version: nameSchema.nullable().default(null).describe("Null: the next number"),
    artifact: artifactSchema,
    configuration: configurationSchema.default(emptyConfiguration),
    aliases: z.array(nameSchema).max(20).default([]).describe("Aliases to set on it, other than champion"),
  })
  .meta({
    examples: [
      {
        artifact: {
          kind: "onnx",
          digest: exampleFile.digest,
          bytes: exampleFile.bytes,
        },
        configuration: {
          hyperparameters: { trees: 200, depth: 6 },
          data: [{ name: "movies", fingerprint: "1f3a", role: "training" }],
          commit: "5d1c2f0",
        },
        aliases: ["challenger"],
      },
    ],
  });

export const versionViewSchema = z
  .object({
    model: z.string(),
    version: z.string(),
    artifact: artifactSchema,
    configuration: configurationSchema,
    aliases: z.array(z.string()),
    verdicts: z.number().int(),
    live: z.boolean().describe("Whether the present routing names it"),
    created: timeSchema,
    by: z.string(),
    digest: digestSchema.describe("Of the whole entry: it never changes"),
  })
  .meta({ id: "Version", description: "An immutable version of a model" });

export const registeredSchema = versionViewSchema
  .extend({ isNew: z.boolean().describe("False: the same was there already, and nothing was registered") })
  .meta({ id: "RegisteredVersion", description: "A version, and whether it is new" });

export const datasetCreateSchema = z
  .strictObject({
    fingerprint: short.min(1),
    rows: z.number().int().min(0).nullable().default(null),
    period: periodSchema.nullable().default(null),
    location: text.nullable().default(null),
    sources: z.array(dataUseSchema).max(100).default([]),
    transformation: text.nullable().default(null),
  })
  .meta({ examples: [{ fingerprint: "1f3a", rows: 48000, transformation: "make.py at 5d1c2f0" }] });

export const datasetViewSchema = z
  .object({ name: z.string(), ...datasetCreateSchema.shape, created: timeSchema, by: z.string() })
  .meta({ id: "Dataset", description: "A data set as it was at one time" });

export const verdictAttachSchema = z
  .strictObject({
    verdict: digestSchema.describe("Digest of verdict.json, sent before to /v1/artifacts"),
    evidence: digestSchema.describe("Digest of evidence.bin, sent before to /v1/artifacts"),
    against: nameSchema.nullable().default(null).describe("The version that it was judged against, where it is one"),
  })
  .meta({ examples: [{ verdict: "ab".repeat(32), evidence: "cd".repeat(32), against: "1" }] });

export const verdictViewSchema = z
  .object({
    model: z.string(),
    version: z.string(),
    against: z.string().nullable(),
    evidence: z.string(),
    document: z.string(),
    decision: z.string(),
    reason: z.string(),
    data: z.string(),
    sameFile: z.boolean().describe("False: answers that came in a column, so whose they are is a matter of trust"),
    created: timeSchema,
    by: z.string(),
  })
  .meta({ id: "Verdict", description: "A verdict that was recomputed from its evidence when it came in" });

export const attachmentSchema = z.strictObject({ content: jsonValueSchema }).meta({
  description: "A card, a checklist or another document of a version",
  examples: [{ content: { intended: "films" } }],
});
