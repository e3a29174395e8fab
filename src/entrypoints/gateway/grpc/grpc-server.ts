import type * as Grpc from "@grpc/grpc-js";
import type { PredictionPath } from "../../../app/serving/prediction-path.ts";
import type { ServedModel } from "../../../app/serving/served-model.ts";
import { RequestFailure } from "../../../core/serving/feature-record.ts";
import type { AccessLog } from "../access-log.ts";
import { describeFailure } from "../gateway-server.ts";
import type { KeyRing } from "../key-ring.ts";
import type { GatewayLimits } from "../../../app/serving/gateway-limits.ts";
import { checkWanted, replyParameters, replyVersion, tensorRequest, wantedOutputs } from "../tensor-request.ts";
import { isReady, knownSlot, modelMetadata, noLoading, repositoryIndex, v2Extensions } from "../v2-door.ts";
import { listenFailure } from "../../listen-failure.ts";
import { HealthService } from "./health-service.ts";
import { readInferRequest, writeFlagMessage, writeInferResponse } from "./infer-messages.ts";
import {
  readModelName,
  readOnlyReady,
  writeModelMetadata,
  writeRepositoryIndex,
  writeServerMetadata,
} from "./metadata-messages.ts";

export interface GrpcParts {
  readonly path: PredictionPath;
  readonly models: ReadonlyMap<string, ServedModel>;
  readonly limits: GatewayLimits;
  readonly keys: KeyRing | null;
  readonly accessLog: AccessLog | null;
  readonly version: string;
  readonly onBug: (error: unknown) => void;
}

const inferenceService = "inference.GRPCInferenceService";

type Bytes = Buffer;
type Answer = (bytes: Bytes) => Uint8Array | Promise<Uint8Array>;

/**
 * The gRPC door of the Open Inference Protocol: the same path as its HTTP door. Messages are read and written here
 * rather than by generated code, so that elements go into typed arrays at once, and so that bytes that are no message
 * are the client's mistake (INVALID_ARGUMENT) and not an internal error.
 */
export class GrpcServer {
  readonly #parts: GrpcParts;
  readonly #grpc: typeof Grpc;
  readonly #server: Grpc.Server;
  readonly #health = new HealthService([inferenceService, "grpc.health.v1.Health"]);
  #draining = false;

  /** @param grpc the library; it is loaded only where the door is opened */
  constructor(grpc: typeof Grpc, parts: GrpcParts) {
    this.#grpc = grpc;
    this.#parts = parts;
    this.#server = new grpc.Server({
      "grpc.max_receive_message_length": parts.limits.body,
      "grpc.max_send_message_length": -1,
      "grpc.max_concurrent_streams": parts.limits.concurrency,
      "grpc-node.max_session_memory": 100,
    });
    this.#addInference();
    this.#addHealth();
  }

  /** @returns the port that was taken */
  listen(port: number, host: string): Promise<number> {
    const address = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
    return new Promise((resolve, reject) => {
      this.#server.bindAsync(address, this.#grpc.ServerCredentials.createInsecure(), (error, taken) => {
        if (error === null) resolve(taken);
        else reject(listenFailure(error, host, port, "--grpc-port") as Error);
      });
    });
  }

  /** Takes no new calls, answers those under way, closes. @param patience milliseconds before the rest is cut off */
  async drain(patience = 10_000): Promise<void> {
    this.#draining = true;
    this.#health.drain();
    await new Promise<void>((resolve) => {
      const cut = setTimeout(() => this.#server.forceShutdown(), patience);
      this.#server.tryShutdown(() => {
        clearTimeout(cut);
        resolve();
      });
    });
  }

  #addInference(): void {
    const { models, version } = this.#parts;
    this.#addService(inferenceService, {
      ServerLive: { open: true, answer: () => writeFlagMessage(true) },
      ServerReady: { open: true, answer: () => writeFlagMessage(!this.#draining) },
      ServerMetadata: { open: true, answer: () => writeServerMetadata("umpire", version, v2Extensions) },
      ModelReady: {
        open: false,
        answer: (bytes) => {
          const { model, slot } = this.#modelOf(readModelName(bytes, "ModelReadyRequest"));
          return writeFlagMessage(isReady(model, slot));
        },
      },
      ModelMetadata: {
        open: false,
        answer: (bytes) => {
          const { model, slot } = this.#modelOf(readModelName(bytes, "ModelMetadataRequest"));
          return writeModelMetadata(modelMetadata(model, slot));
        },
      },
      ModelInfer: { open: false, answer: (bytes) => this.#infer(bytes) },
      RepositoryIndex: {
        open: false,
        answer: (bytes) => writeRepositoryIndex(repositoryIndex(models, readOnlyReady(bytes))),
      },
      RepositoryModelLoad: { open: false, answer: refuseLoading },
      RepositoryModelUnload: { open: false, answer: refuseLoading },
    });
  }

  #addHealth(): void {
    const service = "grpc.health.v1.Health";
    this.#addService(service, { Check: { open: true, answer: (bytes) => this.#health.check(bytes) } });
    const watch: Grpc.handleServerStreamingCall<Bytes, Bytes> = (stream) => this.#health.watch(stream);
    const { responseSerialize, requestDeserialize } = plainBytes;
    this.#server.register(`/${service}/Watch`, watch, responseSerialize, requestDeserialize, "serverStream");
  }

  #modelOf({ name, version }: { readonly name: string; readonly version: string }): {
    readonly model: ServedModel;
    readonly slot: string | null;
  } {
    const model = this.#parts.path.model(name);
    if (version === "") return { model, slot: null };
    knownSlot(model, version);
    return { model, slot: version };
  }

  async #infer(bytes: Bytes): Promise<Uint8Array> {
    const { path, limits } = this.#parts;
    const message = readInferRequest(bytes, limits);
    const model = path.model(message.modelName);
    const request = tensorRequest({
      model,
      version: message.modelVersion,
      tensors: message.tensors,
      parameters: message.parameters,
      key: message.id === "" ? null : message.id,
      door: "grpc",
      limits,
    });
    checkWanted(model, request, message.outputs);
    const reply = await path.predict(request);
    const rejected = reply.rows.flatMap((row) => row.rejected.map((problem) => problem.message));
    if (rejected.length > 0) {
      throw new RequestFailure(`refused by the contract: ${rejected.slice(0, 5).join("; ")}`);
    }
    return writeInferResponse({
      modelName: model.name,
      modelVersion: replyVersion(reply),
      id: message.id === "" ? reply.request : message.id,
      parameters: replyParameters(reply),
      outputs: wantedOutputs(reply, message.outputs),
      raw: message.raw,
    });
  }

  #addService(service: string, methods: Readonly<Record<string, { open: boolean; answer: Answer }>>): void {
    const definition: Record<string, Grpc.MethodDefinition<Bytes, Bytes>> = {};
    const handlers: Record<string, Grpc.handleUnaryCall<Bytes, Bytes>> = {};
    for (const [name, { open, answer }] of Object.entries(methods)) {
      const path = `/${service}/${name}`;
      definition[name] = { path, requestStream: false, responseStream: false, ...plainBytes };
      handlers[name] = (call, callback) => void this.#answer(path, open, answer, call, callback);
    }
    this.#server.addService(definition, handlers);
  }

  async #answer(
    route: string,
    open: boolean,
    answer: Answer,
    call: Grpc.ServerUnaryCall<Bytes, Bytes>,
    callback: Grpc.sendUnaryData<Bytes>,
  ): Promise<void> {
    const started = performance.now();
    let status = 200;
    try {
      if (!open) this.#authorise(call.metadata);
      callback(null, (await answer(call.request)) as Buffer);
    } catch (error) {
      const failure = describeFailure(error);
      ({ status } = failure);
      if (status === 500) this.#parts.onBug(error);
      const metadata = new this.#grpc.Metadata();
      if (failure.retryAfter !== null) {
        metadata.set("retry-after", String(failure.retryAfter));
        metadata.set("grpc-retry-pushback-ms", String(failure.retryAfter * 1000));
      }
      callback({ code: this.#codeOf(status), details: failure.message, metadata });
    }
    this.#parts.accessLog?.write({ method: "POST", route, status, milliseconds: performance.now() - started });
  }

  #authorise(metadata: Grpc.Metadata): void {
    const { keys } = this.#parts;
    if (keys === null) return;
    const text = (name: string): string | undefined => {
      const [value] = metadata.get(name);
      return typeof value === "string" ? value : undefined;
    };
    const authorization = text("authorization");
    const key = text("x-api-key");
    const headers = {
      ...(authorization === undefined ? {} : { authorization }),
      ...(key === undefined ? {} : { "x-api-key": key }),
    };
    if (!keys.allows(headers, "viewer")) {
      throw new RequestFailure("a key is needed: metadata `authorization: Bearer KEY`", 401);
    }
  }

  #codeOf(status: number): number {
    const { status: codes } = this.#grpc;
    switch (status) {
      case 400:
      case 415:
      case 422:
        return codes.INVALID_ARGUMENT;
      case 401:
        return codes.UNAUTHENTICATED;
      case 403:
        return codes.PERMISSION_DENIED;
      case 404:
        return codes.NOT_FOUND;
      case 409:
        return codes.ABORTED;
      case 413:
        return codes.RESOURCE_EXHAUSTED;
      case 499:
        return codes.CANCELLED;
      case 503:
        return codes.UNAVAILABLE;
      default:
        return codes.INTERNAL;
    }
  }
}

function refuseLoading(): never {
  throw new RequestFailure(noLoading);
}

const plainBytes = {
  requestSerialize: (bytes: Bytes) => bytes,
  requestDeserialize: (bytes: Bytes) => bytes,
  responseSerialize: (bytes: Uint8Array) =>
    Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  responseDeserialize: (bytes: Bytes) => bytes,
};
