import type { ServedModel } from "../../app/serving/served-model.ts";
import { datatypes } from "../../core/serving/tensor.ts";

type Json = Readonly<Record<string, unknown>>;

const object: Json = { type: "object" };
const text: Json = { type: "string" };
const reference = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });
const body = (schema: Json, type = "application/json"): Json => ({ content: { [type]: { schema } } });
const answer = (description: string, schema: Json): Json => ({ description, ...body(schema) });

/** The names that are served, per place in a path. */
interface Names {
  readonly model: readonly string[];
  readonly version: readonly string[];
}

function inPath(name: keyof Names, names: Names): Json {
  const known = names[name];
  return { name, in: "path", required: true, schema: known.length === 0 ? text : { enum: known } };
}

const failures = (codes: readonly number[], schema: Json, type: string): Json =>
  Object.fromEntries(codes.map((code) => [String(code), { description: words[code], ...body(schema, type) }]));

const words: Readonly<Record<number, string>> = {
  400: "The request does not say what it must, or the model's contract refuses it.",
  401: "A key is needed.",
  403: "The key's role may not do this.",
  404: "There is no such model, version or path.",
  409: "The state was changed meanwhile.",
  413: "Larger than the limits.",
  415: "The encoding is not known.",
  422: "The contract refuses every record.",
  503: "No version can answer, the gateway has too much to do, or the prediction could not be kept.",
};
const usual = [400, 401, 404, 413, 415, 503];
const v2Failures = failures(usual, reference("V2Error"), "application/json");
const problems = (more: readonly number[] = []): Json =>
  failures([...usual, ...more], reference("Problem"), "application/problem+json");

const schemas: Json = {
  Problem: {
    type: "object",
    required: ["type", "title", "status"],
    properties: { type: text, title: text, status: { type: "integer" }, detail: text },
  },
  V2Error: { type: "object", required: ["error"], properties: { error: text } },
  MlflowError: { type: "object", required: ["error_code", "message"], properties: { error_code: text, message: text } },
  Tensor: {
    type: "object",
    required: ["name", "shape", "datatype"],
    properties: {
      name: { type: "string", minLength: 1 },
      shape: { type: "array", minItems: 1, maxItems: 8, items: { type: "integer", minimum: 0 } },
      datatype: { enum: datatypes },
      parameters: object,
      data: { type: "array" },
    },
  },
  InferRequest: {
    type: "object",
    required: ["inputs"],
    properties: {
      id: text,
      parameters: object,
      inputs: { type: "array", minItems: 1, items: reference("Tensor") },
      outputs: { type: "array", items: { type: "object", required: ["name"], properties: { name: text } } },
    },
  },
  InferResponse: {
    type: "object",
    required: ["model_name", "outputs"],
    properties: {
      model_name: text,
      model_version: text,
      id: text,
      parameters: object,
      outputs: { type: "array", items: reference("Tensor") },
    },
  },
  TensorSpec: {
    type: "object",
    required: ["name", "datatype", "shape"],
    properties: { name: text, datatype: { enum: datatypes }, shape: { type: "array", items: { type: "integer" } } },
  },
  Metadata: {
    type: "object",
    required: ["name", "versions", "platform", "inputs", "outputs"],
    properties: {
      name: text,
      versions: { type: "array", items: text },
      platform: text,
      inputs: { type: "array", items: reference("TensorSpec") },
      outputs: { type: "array", items: reference("TensorSpec") },
    },
  },
  Prediction: {
    type: "object",
    required: ["id", "prediction"],
    properties: {
      id: text,
      prediction: { type: ["number", "string", "array", "null"], items: { type: ["number", "string"] } },
      classes: { type: "object", additionalProperties: { type: "number" } },
      version: { type: ["string", "null"] },
      cohort: text,
      arm: text,
      fallback: text,
      marks: { type: "array", items: text },
      overrides: { type: "array", items: object },
      rejected: { type: "array", items: text },
    },
  },
  PredictRequest: {
    type: "object",
    description: "One of record, records, items; or the columns themselves.",
    properties: {
      record: object,
      records: { type: "array", minItems: 1, items: object },
      items: { type: "array", minItems: 1, items: object },
      unit: { type: ["string", "number", "null"] },
      context: { type: ["object", "null"] },
      test: { type: "boolean", description: "A test of load: answered like any other, kept apart in the log." },
      time: { type: ["string", "number", "null"] },
      key: { type: ["string", "number", "null"] },
    },
  },
  PredictResponse: {
    type: "object",
    required: ["model"],
    properties: {
      model: text,
      id: text,
      predictions: { type: "array", items: reference("Prediction") },
      items: { type: "array", items: object },
    },
  },
  Label: {
    type: "object",
    required: ["label"],
    properties: {
      id: { type: ["string", "null"] },
      key: { type: ["string", "null"] },
      item: { type: ["string", "null"] },
      model: { type: ["string", "null"] },
      name: { type: ["string", "null"] },
      label: { type: ["number", "string", "boolean", "null"] },
      time: { type: ["string", "number", "null"] },
      source: { type: ["string", "null"] },
    },
  },
};

function predictPaths(names: Names): Json {
  const predict = (parameters: readonly Json[]): Json => ({
    parameters,
    post: {
      summary: "Predictions for records by column name, or for a list to be put in order",
      requestBody: { required: true, ...body(reference("PredictRequest")) },
      responses: { "200": answer("Predictions", reference("PredictResponse")), ...problems([422]) },
    },
  });
  const invocations = (problemType: string, error: Json): Json => ({
    summary: "MLflow's scoring protocol",
    requestBody: { required: true, ...body(object) },
    responses: {
      "200": answer("Predictions", {
        type: "object",
        required: ["predictions"],
        properties: { predictions: { type: "array" } },
      }),
      ...failures([...usual, 422], error, problemType),
    },
  });
  return {
    "/v1/models/{model}/predict": predict([inPath("model", names)]),
    "/v1/models/{model}/versions/{version}/predict": predict([inPath("model", names), inPath("version", names)]),
    "/v1/models/{model}/invocations": {
      parameters: [inPath("model", names)],
      post: invocations("application/problem+json", reference("Problem")),
    },
    "/invocations": { post: invocations("application/json", reference("MlflowError")) },
    "/v1/labels": {
      post: {
        summary: "Labels by prediction id or by own key: late, corrected, repeated",
        requestBody: {
          required: true,
          ...body({
            anyOf: [
              reference("Label"),
              {
                type: "object",
                required: ["labels"],
                properties: { labels: { type: "array", items: reference("Label") } },
              },
              { type: "array", items: reference("Label") },
            ],
          }),
        },
        responses: { "200": answer("What was taken", object), ...problems() },
      },
    },
  };
}

function protocolPaths(names: Names): Json {
  const metadata = (parameters: readonly Json[]): Json => ({
    parameters,
    get: {
      summary: "Inputs and outputs",
      responses: { "200": answer("Metadata", reference("Metadata")), ...v2Failures },
    },
  });
  const ready = (parameters: readonly Json[]): Json => ({
    parameters,
    get: { summary: "Whether it can answer", responses: { "200": answer("It can", object), ...v2Failures } },
  });
  const infer = (parameters: readonly Json[]): Json => ({
    parameters,
    post: {
      summary: "Predictions for tensors",
      requestBody: { required: true, ...body(reference("InferRequest")) },
      responses: { "200": answer("Outputs", reference("InferResponse")), ...v2Failures },
    },
  });
  const one = [inPath("model", names)];
  const versioned = [inPath("model", names), inPath("version", names)];
  return {
    "/v2": { get: { summary: "The server", responses: { "200": answer("Name and extensions", object) } } },
    "/v2/health/live": { get: { summary: "Alive", responses: { "200": answer("It is", object) } } },
    "/v2/health/ready": {
      get: { summary: "Ready", responses: { "200": answer("It is", object), "503": answer("It is draining", object) } },
    },
    "/v2/models/{model}": metadata(one),
    "/v2/models/{model}/versions/{version}": metadata(versioned),
    "/v2/models/{model}/ready": ready(one),
    "/v2/models/{model}/versions/{version}/ready": ready(versioned),
    "/v2/models/{model}/infer": infer(one),
    "/v2/models/{model}/versions/{version}/infer": infer(versioned),
  };
}

/** The gateway's JSON doors as OpenAPI 3.1. Doors for operators have a description of their own, the control plane's. */
export function gatewayOpenApi(version: string, models: Iterable<ServedModel>): Json {
  const served = [...models];
  const names = {
    model: served.map((model) => model.name),
    version: [...new Set(served.flatMap((model) => model.versions))],
  };
  return {
    openapi: "3.1.0",
    info: { title: "Umpire gateway", version, license: { name: "Apache-2.0", identifier: "Apache-2.0" } },
    security: [{}, { bearer: [] }, { key: [] }],
    paths: {
      ...protocolPaths(names),
      ...predictPaths(names),
      "/health": {
        get: {
          summary: "State of the gateway, its log and its circuits",
          responses: { "200": answer("It answers", object), "503": answer("It is draining", object) },
        },
      },
      "/metrics": {
        get: {
          summary: "For Prometheus",
          responses: {
            "200": { description: "Exposition", ...body(text, "text/plain") },
            ...failures([401], reference("Problem"), "application/problem+json"),
          },
        },
      },
    },
    components: {
      schemas,
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer" },
        key: { type: "apiKey", in: "header", name: "x-api-key" },
      },
    },
  };
}
