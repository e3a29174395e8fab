import { randomUUID } from "node:crypto";
import { realpathSync } from "node:fs";
import { resolve, sep } from "node:path";
import type { ServingModel, ServingSource } from "../../app/ports/serving-runtime.ts";
import type { GatewayRollbacks } from "../../app/serving/gateway-rollbacks.ts";
import type { GatewayState } from "../../app/serving/gateway-state.ts";
import type { ServedModel } from "../../app/serving/served-model.ts";
import { Failure } from "../../core/failures.ts";
import { RequestFailure } from "../../core/serving/feature-record.ts";
import { conditionDocument } from "../../core/slices/condition-document.ts";
import { parseRouting, type RoutingFile } from "../../schemas/gateway/parse-routing.ts";
import { overrideOf } from "../../schemas/serving/parse-override.ts";
import { asObject } from "../../schemas/serving/as-object.ts";
import type { SourceProblem } from "../../schemas/yaml-source.ts";
import { type Exchange, parseJson, readBody, sendJson } from "./http-exchange.ts";
import type { GatewayLimits } from "../../app/serving/gateway-limits.ts";
import { answerRollback } from "./rollback-door.ts";

export interface AdminParts {
  readonly models: ReadonlyMap<string, ServedModel>;
  readonly state: GatewayState;
  readonly rollbacks: GatewayRollbacks;
  readonly limits: GatewayLimits;
  /** Loads a version that came through the API. */
  readonly load: (source: ServingSource) => Promise<ServingModel>;
  readonly modelsFolder: string | null;
  readonly now: () => number;
}

/**
 * What operators and the control plane change: routing and versions of a model, overrides. Changes count for the next
 * request and are kept before they are answered.
 */
export function createAdminDoor(parts: AdminParts): (exchange: Exchange) => Promise<boolean> {
  return async (exchange) => {
    const [, second, name, what, id] = exchange.path;
    const { method } = exchange;
    if (second === "overrides") return overrides(parts, exchange, name);
    if (second !== "models") return false;
    if (name === undefined && method === "GET") {
      sendJson(
        exchange,
        200,
        JSON.stringify({ revision: parts.state.revision, models: [...parts.models.values()].map(modelDocument) }),
      );
      return true;
    }
    if (what === "rollback") {
      await answerRollback(exchange, name ?? "", parts.rollbacks, parts.limits);
      return true;
    }
    const model = parts.models.get(name ?? "");
    if (model === undefined) throw new RequestFailure(`there is no model "${(name ?? "").slice(0, 100)}"`, 404);
    if (what === undefined && method === "GET") {
      sendJson(exchange, 200, JSON.stringify({ revision: parts.state.revision, ...modelDocument(model) }));
      return true;
    }
    if (what === "routing" && (method === "PUT" || method === "GET")) return routing(parts, exchange, model);
    if (what === "versions" && method === "POST") return addVersion(parts, exchange, model);
    if (what === "versions" && method === "DELETE" && id !== undefined) {
      await model.remove(id);
      sendJson(exchange, 200, JSON.stringify(modelDocument(model)));
      return true;
    }
    return false;
  };
}

function modelDocument(model: ServedModel): Readonly<Record<string, unknown>> {
  return {
    model: model.name,
    routing: routingDocument(model),
    versions: model.versions.map((version) => {
      const slot = model.slot(version)!;
      const { kind, digest, placement } = slot.model;
      return { version, kind, digest, placement, circuit: slot.guard.circuit, in_flight: slot.guard.inFlight };
    }),
  };
}

/** The routing in the form of the file, so that what is shown can be sent back. */
function routingDocument({ routing: own }: ServedModel): Readonly<Record<string, unknown>> {
  return {
    champion: own.champion,
    cohorts: Object.fromEntries(
      own.cohorts.map((cohort) => [
        cohort.name,
        {
          ...(cohort.where === null ? {} : { where: conditionDocument(cohort.where) }),
          arms: Object.fromEntries(cohort.arms.map((arm) => [arm.version, arm.share])),
          salt: cohort.salt,
        },
      ]),
    ),
    ...(own.standing === null ? {} : { standing: { version: own.standing.version, share: own.standing.share } }),
    shadow: Object.fromEntries(own.shadows.map((shadow) => [shadow.version, shadow.sample])),
    fallback: own.fallback,
    ...(own.optOut === null ? {} : { opt_out: own.optOut }),
  };
}

const routingKeys = new Set(["champion", "cohorts", "standing", "shadow", "fallback", "opt_out", "revision"]);

async function routing(parts: AdminParts, exchange: Exchange, model: ServedModel): Promise<boolean> {
  if (exchange.method === "PUT") {
    const document = asObject(parseJson(await readBody(exchange, parts.limits)), "a routing");
    const unknown = Object.keys(document).find((key) => !routingKeys.has(key));
    if (unknown !== undefined)
      throw new RequestFailure(`a routing has no key "${unknown.slice(0, 60)}"; ${[...routingKeys].join(", ")}`);
    const problems: SourceProblem[] = [];
    const { routingShape } = await import("../../schemas/gateway/routing-shape.ts");
    const shape = routingShape.safeParse(document);
    if (!shape.success)
      throw new RequestFailure(
        shape.error.issues
          .map((issue) => `${issue.path.join(".")}: ${issue.message}`)
          .slice(0, 5)
          .join("; "),
      );
    const parsed = parseRouting(model.name, shape.data as RoutingFile, model.versions, [], (problem) =>
      problems.push(problem),
    );
    if (problems.length > 0) {
      throw new RequestFailure(
        problems
          .slice(0, 5)
          .map((problem) => `${problem.path.join(".")}: ${problem.message}`)
          .join("; "),
      );
    }
    const { revision } = document;
    try {
      parts.state.setRouting(model.name, parsed, typeof revision === "number" ? revision : null);
    } catch (error) {
      if (error instanceof Failure && error.message.includes("meanwhile")) throw new RequestFailure(error.message, 409);
      throw error;
    }
  }
  sendJson(exchange, 200, JSON.stringify({ revision: parts.state.revision, ...routingDocument(model) }));
  return true;
}

/** Loads a version beside the others. Files must lie in the declared folder; addresses must be public. */
async function addVersion(parts: AdminParts, exchange: Exchange, model: ServedModel): Promise<boolean> {
  const document = asObject(parseJson(await readBody(exchange, parts.limits)), "a version");
  const { version, onnx, url, constant } = document;
  if (typeof version !== "string" || !/^[\w.-]{1,100}$/.test(version)) {
    throw new RequestFailure("`version` is a name of letters, digits, dots, dashes and underscores");
  }
  let source: ServingSource;
  const features = document["features"];
  const listed =
    Array.isArray(features) && features.every((name) => typeof name === "string")
      ? { features: features as string[] }
      : {};
  if (typeof onnx === "string")
    source = { kind: "onnx", path: insideFolder(onnx, parts.modelsFolder), live: true, ...listed };
  else if (typeof url === "string") source = { kind: "url", url, trusted: false, ...listed };
  else if (typeof constant === "number" || typeof constant === "string") source = { kind: "constant", value: constant };
  else throw new RequestFailure("a version is one of `onnx`, `url`, `constant`");
  await model.add(version, await parts.load(source));
  sendJson(exchange, 201, JSON.stringify(modelDocument(model)));
  return true;
}

function insideFolder(path: string, folder: string | null): string {
  if (folder === null)
    throw new RequestFailure("the gateway's file names no `models_folder`; files cannot be named through the API", 403);
  try {
    const root = realpathSync(folder);
    const file = realpathSync(resolve(root, path));
    if (file.startsWith(root + sep)) return file;
  } catch {
    // Falls through: neither a missing file nor one outside is told apart.
  }
  throw new RequestFailure("there is no such file in the folder of models", 404);
}

async function overrides(parts: AdminParts, exchange: Exchange, id: string | undefined): Promise<boolean> {
  const { method } = exchange;
  if (method === "GET" && id === undefined) {
    sendJson(
      exchange,
      200,
      JSON.stringify({
        overrides: parts.state.overrides.map((override) => ({
          ...override,
          applied: parts.state.book.applied(override.id),
        })),
      }),
    );
    return true;
  }
  if (method === "DELETE" && id !== undefined) {
    if (!parts.state.withdraw(id)) throw new RequestFailure("there is no override of this id", 404);
    sendJson(exchange, 200, JSON.stringify({ withdrawn: id }));
    return true;
  }
  if (method !== "POST" || id !== undefined) return false;
  const document = asObject(parseJson(await readBody(exchange, parts.limits)), "an override");
  const override = overrideOf(document, { ...parts, newId: randomUUID });
  parts.state.enter(override);
  sendJson(exchange, 201, JSON.stringify(override));
  return true;
}
