import type { FastifyDynamicSwaggerOptions } from "@fastify/swagger";
import { idempotencyHeader, keepsAnswers } from "./idempotency.ts";
import { problemAnswers } from "./problem-answers.ts";
import { jsonSchemaTransform, jsonSchemaTransformObject } from "fastify-type-provider-zod";

type Transform = NonNullable<FastifyDynamicSwaggerOptions["transform"]>;
type TransformObject = NonNullable<FastifyDynamicSwaggerOptions["transformObject"]>;
type Schemas = Record<string, unknown>;

interface OtherTypes {
  /** What the route takes where it is not JSON. */
  readonly consumes?: readonly string[];
  /** What the route answers where it is not JSON. */
  readonly produces?: readonly string[];
}

/** A route's schemas as JSON Schema. What is no JSON is sent as it is; it is described here and nowhere checked. */
export const transformRoute: Transform = (document) => {
  const { produces, consumes, ...known } = (document.schema ?? {}) as OtherTypes;
  const answers = produces === undefined ? {} : { response: problemAnswers };
  const given = { ...document, schema: { ...known, ...answers } };
  const { schema, url } = jsonSchemaTransform(given as Parameters<typeof jsonSchemaTransform>[0]);
  const changed: Record<string, unknown> = { ...schema };
  if (produces !== undefined) {
    const content = Object.fromEntries(produces.map((type) => [type, { schema: { type: "string" } }]));
    changed["response"] = { 200: { description: "As it is", content }, ...(changed["response"] as object) };
  }
  const { method, config } = document.route;
  if (keepsAnswers(String(method), config?.repeat)) changed["headers"] = idempotencyHeader;
  if (consumes !== undefined) {
    changed["consumes"] = consumes;
    changed["body"] = { type: "string", format: "binary", description: "The file itself" };
  }
  return { schema: changed, url };
};

/** Puts schemas that have a name of their own among the components, those that a route names and no others. */
export const transformDescription: TransformObject = (document) => {
  const whole = jsonSchemaTransformObject(document as Parameters<typeof jsonSchemaTransformObject>[0]);
  const { components, ...plain } = whole as { readonly components?: { readonly schemas?: Schemas } & Schemas };
  const { rest, responses } = shareProblems(plain);
  const all = components?.schemas ?? {};
  const named = new Set<string>();
  const find = (value: unknown): void => {
    for (const [, name = ""] of JSON.stringify(value).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (named.has(name)) continue;
      named.add(name);
      find(all[name] ?? null);
    }
  };
  find([rest, responses]);
  const schemas = Object.fromEntries([...named].toSorted().map((name) => [name, all[name]]));
  return { ...rest, components: { ...components, schemas, responses } } as ReturnType<TransformObject>;
};

/** Problems are the same wherever they are answered: each status is described once. */
function shareProblems(plain: Schemas): { readonly rest: Schemas; readonly responses: Schemas } {
  const responses: Schemas = {};
  const rest = structuredClone(plain);
  const paths = rest["paths"] as Record<string, Record<string, { readonly responses: Schemas }>>;
  for (const operation of Object.values(paths).flatMap((path) => Object.values(path))) {
    for (const status of Object.keys(problemAnswers).filter((one) => one in operation.responses)) {
      responses[`Problem${status}`] = operation.responses[status];
      operation.responses[status] = { $ref: `#/components/responses/Problem${status}` };
    }
  }
  return { rest, responses };
}
