import { z } from "zod";
import { modelDescriptionKeys } from "../policy/policy-file.ts";

const name = z.union([z.string().min(1), z.number()], { error: "takes a name" });
const names = z.array(z.string().min(1));
const share = z.number().min(0).max(1);
const span = z.union([z.string(), z.number()], { error: "takes a span such as 200ms, 5s, 10m, 30d" });
const size = z.union([z.string(), z.number()], { error: "takes a size such as 64KB, 16MB" });
const scalar = z.union([z.string(), z.number(), z.boolean()], { error: "takes a text, a number, true or false" });
const action = z.enum(["reject", "replace", "fallback", "mark", "off"]);

const version = z.strictObject({
  onnx: z.string().min(1).optional().describe("An ONNX file, relative to this file."),
  ...modelDescriptionKeys,
  thread: z.enum(["main", "worker"]).optional().describe("Where it runs; default by measurement when it is loaded."),
  url: z.string().min(1).optional().describe("A model behind an address; secrets as ${ENV}."),
  protocol: z.enum(["open-inference", "mlflow", "json"]).optional().describe("With url; default: found out by asking."),
  model: z.string().optional().describe("With url and Open Inference: the model's name there."),
  version: name.optional().describe("With url and Open Inference: the model's version there."),
  request: z.string().optional().describe("With url and JSON: where records go: records[], [], . or a key."),
  response: z.string().optional().describe("With url and JSON: where predictions stand: predictions[].score."),
  headers: z.record(z.string(), z.string()).optional().describe("With url; secrets as ${ENV}."),
  rule: z.unknown().optional().describe("{ when: CONDITION, then: VALUE, else: VALUE }; a value may be another rule."),
  constant: z.union([z.number(), z.string()]).optional().describe("The same answer for everyone."),
});

export const cohort = z.strictObject({
  where: z.unknown().optional().describe("The condition; without one, everyone."),
  version: name.optional().describe("The version that answers all of them."),
  arms: z.record(z.string(), share).optional().describe("A/B: the share of each version; the rest is the champion's."),
  salt: z.string().optional().describe("Id of the experiment; default MODEL/COHORT."),
});

const step = z.union(
  [
    z.string(),
    z.strictObject({
      from: z.string().optional(),
      constant: scalar.optional(),
      add: z.number().optional(),
      multiply: z.number().optional(),
      divide: z.number().optional(),
      log1p: z.literal(true).optional(),
      clip: z.tuple([z.number().nullable(), z.number().nullable()]).optional(),
      part: z.enum(["year", "month", "day", "hour", "weekday"]).optional(),
      lower: z.union([z.literal(true), z.literal("ascii")]).optional(),
      map: z.record(z.string(), scalar).optional(),
      otherwise: scalar.optional(),
      fill: scalar.optional(),
    }),
  ],
  { error: "takes a column to copy, or { from: COLUMN, divide: 41 }" },
);

const model = z.strictObject({
  task: z.enum(["binary", "multiclass", "regression", "ranking"]).optional(),
  columns: z
    .strictObject({
      unit: name.optional(),
      time: name.optional(),
      id: name.optional(),
      group: name.optional(),
      item: name.optional(),
    })
    .optional()
    .describe("Which columns of a record have a meaning of their own."),
  versions: z.record(z.string(), version).describe("All versions that are loaded and kept ready."),
  champion: name.optional().describe("The version that answers; default: the first."),
  cohorts: z.record(z.string(), cohort).optional().describe("In order; the first whose condition holds decides."),
  standing: z
    .strictObject({ version: name, share })
    .optional()
    .describe("A share that always goes to a simpler version."),
  shadow: z.record(z.string(), share).optional().describe("Versions that see copies, and what share of the units."),
  fallback: z.array(name).optional().describe("Who answers when the chosen version cannot, in order."),
  opt_out: name.optional().describe("The rule or constant that answers units who opted out."),
  timeout: span.optional().describe("Longest wait for a version; default 1s."),
  concurrency: z.number().int().min(1).optional().describe("Calls of one version at a time; default 1024."),
  breaker: z
    .strictObject({ failures: z.number().int().min(1).optional(), open: span.optional() })
    .optional()
    .describe("So many failures in a row stop the calls for so long; default 5 and 5s."),
  contract: z.string().min(1).optional().describe("contract.yaml: what a record must look like."),
  problems: z
    .strictObject({
      missing: action.optional(),
      null: action.optional(),
      type: action.optional(),
      range: action.optional(),
      unseen: action.optional(),
    })
    .optional()
    .describe("What is done with a record that breaks the contract; default: reject missing and type, mark the rest."),
  replace: z.record(z.string(), scalar).optional().describe("Per column, what stands in where the action is replace."),
  prepare: z.record(z.string(), step).optional().describe("Per feature, how it is made from the columns that come."),
  position: z
    .record(z.string(), scalar)
    .optional()
    .describe("Features of the position in a list, and their constant in serving."),
});

export const gatewayFile = z.strictObject({
  host: z.string().optional().describe("Default 127.0.0.1; any other address needs keys."),
  port: z.number().int().min(0).max(65535).optional().describe("Default 8080."),
  grpc_port: z.number().int().min(0).max(65535).optional().describe("Of the gRPC door; without it there is none."),
  models: z.record(z.string(), model).optional().describe("Default: the champion and challenger of the policy."),
  log: z
    .strictObject({
      folder: z.string().min(1).optional().describe("Default .umpire/predictions."),
      mode: z.enum(["durable", "written", "early"]).optional().describe("Default written."),
      retention: span.optional().describe("How long Parquet files are kept; default for ever."),
      redact: names
        .optional()
        .describe("Columns that are not kept. No label can be joined by a key that is not: hash that."),
      hash: names.optional().describe("Columns that are kept as a keyed hash."),
      rotate: z.boolean().optional().describe("Default true: closed segments become Parquet by model and day."),
      segment: z.strictObject({ size: size.optional(), age: span.optional() }).optional(),
    })
    .optional(),
  access_log: z.boolean().optional().describe("One line a request on standard error, without personal data."),
  keys: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        role: z.enum(["viewer", "operator", "approver", "admin"]),
        sha256: z.string().regex(/^[0-9a-f]{64}$/, "takes the SHA-256 of the key, 64 hexadecimal digits"),
      }),
    )
    .optional(),
  limits: z
    .strictObject({
      body: size.optional(),
      headers: size.optional(),
      batch: z.number().int().min(1).optional(),
      elements: z.number().int().min(1).optional(),
      concurrency: z.number().int().min(1).optional(),
      connections: z.number().int().min(1).optional(),
    })
    .optional(),
  models_folder: z.string().min(1).optional().describe("Where versions that come through the API must lie."),
});

export type GatewayFile = z.infer<typeof gatewayFile>;
export type GatewayModelFile = z.infer<typeof model>;
export type GatewayVersionFile = z.infer<typeof version>;
export type StepFile = z.infer<typeof step>;
