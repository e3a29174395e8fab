import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { LabelIntake } from "../../app/serving/label-intake.ts";
import { Overload, type PredictionPath, Unlogged } from "../../app/serving/prediction-path.ts";
import type { ServedModel } from "../../app/serving/served-model.ts";
import { VersionRefusal } from "../../app/serving/version-refusal.ts";
import { Failure } from "../../core/failures.ts";
import { RequestFailure } from "../../core/serving/feature-record.ts";
import type { AccessLog } from "./access-log.ts";
import { type Exchange, sendJson } from "./http-exchange.ts";
import type { Role } from "../../core/access/roles.ts";
import type { KeyRing } from "./key-ring.ts";
import { answerLabels } from "./labels-door.ts";
import type { GatewayLimits } from "../../app/serving/gateway-limits.ts";
import { answerInvocations } from "./mlflow-door.ts";
import { answerRecords } from "./records-door.ts";
import { listenFailure } from "../listen-failure.ts";
import { inRequestSpan } from "./request-span.ts";
import { refuseOtherSites } from "./same-site.ts";
import { answerV2 } from "./v2-door.ts";

const drainGraceMilliseconds = 250;

export interface GatewayParts {
  readonly path: PredictionPath;
  readonly models: ReadonlyMap<string, ServedModel>;
  readonly labels: LabelIntake;
  readonly limits: GatewayLimits;
  /** Null: no keys are asked for (loopback only). */
  readonly keys: KeyRing | null;
  readonly accessLog: AccessLog | null;
  readonly version: string;
  readonly metrics: () => Promise<{ readonly text: string; readonly contentType: string }>;
  readonly health: () => Readonly<Record<string, unknown>>;
  /** Answers what no door knows (`/v1/admin/…`); false where it does not either. */
  readonly admin?: (exchange: Exchange) => Promise<boolean>;
  readonly onBug: (error: unknown) => void;
}

/**
 * The gateway's HTTP door. Bare node:http: a framework's routing and schemas cost 30 to 60 µs of the 160 that a request
 * may take, and the doors check their own bodies.
 */
export class GatewayServer {
  readonly server: Server;
  readonly #parts: GatewayParts;
  #draining = false;

  constructor(parts: GatewayParts) {
    this.#parts = parts;
    const { limits } = parts;
    this.server = createServer(
      {
        maxHeaderSize: limits.headers,
        headersTimeout: 15_000,
        requestTimeout: 60_000,
        keepAliveTimeout: 65_000,
        noDelay: true,
      },
      (request, response) => void inRequestSpan(request, () => this.#handle(request, response)),
    );
    this.server.maxConnections = limits.connections;
    this.server.on("clientError", (_error, socket) => {
      if (socket.writable) socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
      else socket.destroy();
    });
  }

  listen(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.once("error", (error) => reject(listenFailure(error, host, port) as Error));
      this.server.listen(port, host, () => {
        const address = this.server.address();
        resolve(typeof address === "object" && address !== null ? address.port : port);
      });
    });
  }

  /**
   * Stops taking connections, answers what is under way, and closes. At first every answer only tells its client to go
   * elsewhere: closing at once would cut connections on which a request is just arriving.
   */
  async drain(): Promise<void> {
    this.#draining = true;
    await new Promise((resolve) => setTimeout(resolve, drainGraceMilliseconds));
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeIdleConnections();
    const idle = setInterval(() => this.server.closeIdleConnections(), 50);
    await closed;
    clearInterval(idle);
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<{ route: string; status: number }> {
    const started = performance.now();
    const [pathname = "", query = ""] = (request.url ?? "/").split("?", 2);
    let exchange: Exchange = { request, response, path: [], query };
    let route = "unknown";
    // The client of a draining gateway must open its next connection elsewhere.
    if (this.#draining) response.setHeader("connection", "close");
    try {
      exchange = { request, response, path: pathParts(pathname), query };
      if (this.#parts.keys === null) refuseOtherSites(request, isChange(request, exchange.path));
      route = await this.#route(exchange);
    } catch (error) {
      this.#fail(exchange, error);
    }
    this.#parts.accessLog?.write({
      method: request.method ?? "",
      route,
      status: response.statusCode,
      milliseconds: performance.now() - started,
    });
    return { route, status: response.statusCode };
  }

  /** @returns the route's template, for the access log: never a part that the client chose */
  async #route(exchange: Exchange): Promise<string> {
    const { path, models, limits, labels } = this.#parts;
    const [first, second, third, fourth, fifth, sixth] = exchange.path;
    const post = exchange.request.method === "POST";
    if (first === "health" && exchange.path.length === 1) return this.#health(exchange);
    if (first === "ping" && exchange.path.length === 1) return this.#health(exchange);
    if (first === "openapi.json" && exchange.path.length === 1 && exchange.request.method === "GET") {
      this.#authorise(exchange, "viewer");
      const { gatewayOpenApi } = await import("./openapi.ts");
      sendJson(exchange, 200, JSON.stringify(gatewayOpenApi(this.#parts.version, models.values())));
      return "/openapi.json";
    }
    if (first === "v2") {
      const open = second === undefined || second === "health";
      if (!open) this.#authorise(exchange, "viewer");
      const known = await answerV2(
        exchange,
        path,
        models,
        { ready: () => !this.#draining, version: this.#parts.version },
        limits,
      );
      if (known) return third === undefined ? "/v2" : `/v2/${second}/*`;
      throw notFound(exchange);
    }
    if (first === "metrics" && exchange.path.length === 1) return this.#metrics(exchange);
    this.#authorise(exchange, "viewer");
    if (first === "v1" && second === "models" && third !== undefined && post) {
      const version = fourth === "versions" ? (fifth ?? null) : null;
      if ((version === null ? fourth : sixth) === "predict") {
        await answerRecords(exchange, path, path.model(third), version, limits);
        return "/v1/models/*/predict";
      }
    }
    if (first === "v1" && second === "labels" && exchange.path.length === 2 && post) {
      await answerLabels(exchange, labels, limits);
      return "/v1/labels";
    }
    if (first === "invocations" && exchange.path.length === 1 && post) {
      await answerInvocations(exchange, path, onlyModel(models), limits);
      return "/invocations";
    }
    if (first === "v1" && second === "models" && third !== undefined && fourth === "invocations" && post) {
      await answerInvocations(exchange, path, path.model(third), limits);
      return "/v1/models/*/invocations";
    }
    if (this.#parts.admin !== undefined && first === "v1") {
      this.#authorise(exchange, exchange.request.method === "GET" ? "viewer" : "operator");
      if (await this.#parts.admin(exchange)) return `/v1/${second === "models" ? "models" : "admin"}/*`;
    }
    throw notFound(exchange);
  }

  #health(exchange: Exchange): string {
    sendJson(
      exchange,
      this.#draining ? 503 : 200,
      JSON.stringify({ ...this.#parts.health(), draining: this.#draining }),
    );
    return "/health";
  }

  async #metrics(exchange: Exchange): Promise<string> {
    this.#authorise(exchange, "viewer");
    const { text, contentType } = await this.#parts.metrics();
    exchange.response.writeHead(200, { "content-type": contentType, "content-length": Buffer.byteLength(text) });
    exchange.response.end(text);
    return "/metrics";
  }

  #authorise(exchange: Exchange, role: Role): void {
    const { keys } = this.#parts;
    if (keys === null || keys.allows(exchange.request.headers, role)) return;
    const known = keys.allows(exchange.request.headers, "viewer");
    throw new RequestFailure(
      known ? `this takes a key of role ${role}` : "a key is needed: Authorization: Bearer KEY",
      known ? 403 : 401,
    );
  }

  #fail(exchange: Exchange, error: unknown): void {
    const { status, message, retryAfter } = describeFailure(error);
    if (status === 500) this.#parts.onBug(error);
    const headers: Record<string, string> = retryAfter === null ? {} : { "retry-after": String(retryAfter) };
    // What is left of a body that was not read would be taken for the next request.
    if (!exchange.request.complete) headers["connection"] = "close";
    const [first] = exchange.path;
    if (first === "v2") {
      sendJson(exchange, status, JSON.stringify({ error: message }), headers);
    } else if (first === "invocations") {
      const code = status === 400 || status === 422 ? "BAD_REQUEST" : "INTERNAL_ERROR";
      sendJson(exchange, status, JSON.stringify({ error_code: code, message }), headers);
    } else {
      const problem = { type: "about:blank", title: titles[status] ?? "Error", status, detail: message };
      sendJson(exchange, status, JSON.stringify(problem), { ...headers, "content-type": "application/problem+json" });
    }
    exchange.request.resume();
  }
}

const titles: Readonly<Record<number, string>> = {
  400: "Bad request",
  401: "Key needed",
  403: "Not allowed",
  404: "Not found",
  409: "Changed meanwhile",
  413: "Too large",
  415: "Not supported",
  422: "Refused by the contract",
  500: "A bug of ours",
  503: "Not available",
};

/** Status and words of whatever a door threw. */
export function describeFailure(error: unknown): { status: number; message: string; retryAfter: number | null } {
  if (error instanceof RequestFailure) return { status: error.status, message: error.message, retryAfter: null };
  if (error instanceof Overload) return { status: 503, message: error.message, retryAfter: error.retryAfterSeconds };
  if (error instanceof VersionRefusal) {
    return { status: 503, message: `no version could answer: ${error.reason}: ${error.message}`, retryAfter: 1 };
  }
  if (error instanceof Unlogged) {
    return {
      status: 503,
      message: `the prediction could not be kept (${error.message}), so there is none`,
      retryAfter: 1,
    };
  }
  if (error instanceof Failure) {
    return {
      status: error.code === "WRITE" ? 503 : 400,
      message: [error.message, ...error.mend].join("; "),
      retryAfter: null,
    };
  }
  return { status: 500, message: "a bug of ours; the gateway's own log has it", retryAfter: null };
}

function pathParts(pathname: string): string[] {
  const parts: string[] = [];
  for (const part of pathname.split("/")) {
    if (part === "") continue;
    try {
      parts.push(part.includes("%") ? decodeURIComponent(part) : part);
    } catch {
      throw new RequestFailure("the path is badly encoded");
    }
  }
  return parts;
}

/** True for what operators change; predictions and labels are no such. */
function isChange({ method }: IncomingMessage, path: readonly string[]): boolean {
  if (method === "GET" || path[0] !== "v1") return false;
  return path[1] === "overrides" || path[3] === "routing" || (path[3] === "versions" && path[5] !== "predict");
}

function notFound(exchange: Exchange): RequestFailure {
  return new RequestFailure(`${exchange.request.method ?? ""} has no such path here`, 404);
}

function onlyModel(models: ReadonlyMap<string, ServedModel>): ServedModel {
  const [first, ...others] = models.values();
  if (first !== undefined && others.length === 0) return first;
  throw new RequestFailure("several models are served: POST /v1/models/NAME/invocations", 404);
}
