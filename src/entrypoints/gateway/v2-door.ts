import type { PredictionPath } from "../../app/serving/prediction-path.ts";
import type { ServedModel } from "../../app/serving/served-model.ts";
import type { VersionSlot } from "../../app/serving/version-slot.ts";
import { RequestFailure } from "../../core/serving/feature-record.ts";
import type { TensorSpec } from "../../core/serving/tensor.ts";
import { asObject } from "../../schemas/serving/as-object.ts";
import { type Exchange, parseJson, readBody, sendJson } from "./http-exchange.ts";
import type { GatewayLimits } from "../../app/serving/gateway-limits.ts";
import { infer } from "./v2-infer.ts";

export const v2Extensions = ["binary_tensor_data", "model_repository", "parameters"] as const;

/** The Open Inference Protocol over HTTP, for the routes below `/v2`. @throws RequestFailure */
export function answerV2(
  exchange: Exchange,
  path: PredictionPath,
  models: ReadonlyMap<string, ServedModel>,
  state: { readonly ready: () => boolean; readonly version: string },
  limits: GatewayLimits,
): void | Promise<void> {
  const [, first, name = "", third, fourth, fifth] = exchange.path;
  if (first === undefined) {
    const server = { name: "umpire", version: state.version, extensions: v2Extensions };
    return sendJson(exchange, 200, JSON.stringify(server));
  }
  if (first === "health") return answerHealth(exchange, name, state.ready());
  if (first === "repository") return answerRepository(exchange, models, limits);
  const model = path.model(name);
  const version = third === "versions" ? fourth! : null;
  if (version !== null) knownSlot(model, version);
  switch (third === "versions" ? fifth : third) {
    case "infer":
      return infer(exchange, path, model, version, limits);
    case "ready":
      return answerReady(exchange, model, version);
    case "config":
      return sendJson(exchange, 200, JSON.stringify(modelConfig(model, version)));
    default:
      return sendJson(exchange, 200, JSON.stringify(modelMetadata(model, version)));
  }
}

/** @throws RequestFailure 404 */
export function knownSlot(model: ServedModel, version: string): VersionSlot {
  const slot = model.slot(version);
  if (slot !== undefined) return slot;
  throw new RequestFailure(`model "${model.name}" has no version "${version.slice(0, 100)}"`, 404);
}

/** The specification names the flag of both answers `live`; clients look for `ready`. */
function answerHealth(exchange: Exchange, what: string, ready: boolean): void {
  if (what === "live") sendJson(exchange, 200, '{"live":true}');
  else sendJson(exchange, ready ? 200 : 503, JSON.stringify({ live: true, ready }));
}

function answerReady(exchange: Exchange, model: ServedModel, version: string | null): void {
  const ready = isReady(model, version);
  const why = ready ? {} : { error: `${version === null ? "no" : "this"} version of "${model.name}" can answer now` };
  sendJson(exchange, ready ? 200 : 503, JSON.stringify({ name: model.name, ready, ...why }));
}

/** A version: whether it is loaded and answers. A model: whether its champion or what stands in for it does. */
export function isReady(model: ServedModel, version: string | null): boolean {
  return version === null ? model.isReady : knownSlot(model, version).isReady;
}

export const noLoading =
  "clients do not load or unload models here: `umpire models register`, or the gateway's file and PUT /v1/models/NAME/routing";

async function answerRepository(
  exchange: Exchange,
  models: ReadonlyMap<string, ServedModel>,
  limits: GatewayLimits,
): Promise<void> {
  if (exchange.path[2] !== "index") throw new RequestFailure(noLoading);
  const body = exchange.method === "POST" ? await readBody(exchange, limits) : Buffer.alloc(0);
  const request = body.length === 0 ? {} : asObject(parseJson(body), "an index request");
  sendJson(exchange, 200, JSON.stringify(repositoryIndex(models, request["ready"] === true)));
}

/** Every version with its state, in the words of Triton's model repository. */
export function repositoryIndex(
  models: ReadonlyMap<string, ServedModel>,
  onlyReady: boolean,
): { readonly name: string; readonly version: string; readonly state: string; readonly reason: string }[] {
  const entries = [...models.values()].flatMap((model) =>
    model.versions.map((version) => {
      const ready = model.slot(version)!.isReady;
      const state = ready ? "READY" : "UNAVAILABLE";
      return { name: model.name, version, state, reason: ready ? "" : "it fails, or its server was never reached" };
    }),
  );
  return onlyReady ? entries.filter((entry) => entry.state === "READY") : entries;
}

/** Metadata of a model (its champion) or of one version. */
export function modelMetadata(
  model: ServedModel,
  version: string | null,
): {
  readonly name: string;
  readonly versions: readonly string[];
  readonly platform: string;
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
} {
  const slot = version === null ? model.champion : model.slot(version);
  if (slot === undefined) throw new RequestFailure(`no version of "${model.name}" is loaded`, 503);
  if (slot.model.isLoaded === false) {
    throw new RequestFailure(`the server behind version "${slot.version}" of "${model.name}" was never reached`, 503);
  }
  const { platform, inputs, outputs } = slot.model;
  return { name: model.name, versions: model.versions, platform, inputs, outputs };
}

/** What Triton calls a model's configuration, as far as it has a meaning here; its clients size their batches by it. */
function modelConfig(model: ServedModel, version: string | null): Readonly<Record<string, unknown>> {
  const { inputs, outputs, platform } = modelMetadata(model, version) as {
    inputs: readonly TensorSpec[];
    outputs: readonly TensorSpec[];
    platform: string;
  };
  const config = ({ name, datatype, shape }: TensorSpec): unknown => ({
    name,
    data_type: `TYPE_${datatype === "BYTES" ? "STRING" : datatype}`,
    dims: shape,
  });
  return { name: model.name, platform, max_batch_size: 0, input: inputs.map(config), output: outputs.map(config) };
}
