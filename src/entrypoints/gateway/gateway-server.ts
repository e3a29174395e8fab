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
import { checkRoute, findRoute, type GatewayRoute } from "./gateway-routes.ts";
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
        connectionsCheckingInterval: 5000,
        requestTimeout: 60_000,
        keepAliveTimeout: 65_000,
        noDelay: true,
      },
      (request, response) => void inRequestSpan(request, () => this.#handle(request, response)),
    );
    this.server.maxConnections = limits.connections;
    this.server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
      // Ended alone, it would stay open, and count, until the client closes its half too.
      if (socket.writable) socket.end(unreadable(error), () => socket.destroy());
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
    const method = request.method === "HEAD" ? "GET" : (request.method ?? "");
    let exchange: Exchange = { request, response, method, path: [], query };
    let route: GatewayRoute | undefined;
    let status: number | null = null;
    // The client of a draining gateway must open its next connection elsewhere.
    if (this.#draining) response.setHeader("connection", "close");
    try {
      exchange = { request, response, method, path: pathParts(pathname), query };
      route = findRoute(exchange.path);
      if (this.#parts.keys === null) refuseOtherSites(request, exchange.path);
      await this.#answer(exchange, route);
    } catch (error) {
      status = this.#fail(exchange, error, route);
    }
    status ??= response.statusCode;
    const template = route?.template ?? "unknown";
    this.#parts.accessLog?.write({
      method: request.method ?? "",
      route: template,
      status,
      milliseconds: performance.now() - started,
    });
    return { route: template, status };
  }

  async #answer(exchange: Exchange, route: GatewayRoute | undefined): Promise<void> {
    const { path, models, limits, labels } = this.#parts;
    const [first, second, third = "", fourth, fifth] = exchange.path;
    const isHealth = first === "health" || first === "ping" || (first === "v2" && (!second || second === "health"));
    // Who has no key is not told which paths there are.
    if (!isHealth || route === undefined) this.#authorise(exchange, "viewer");
    const { template } = checkRoute(route, exchange.path, exchange.request.method ?? "");
    if (first === "v2") {
      const state = { ready: () => !this.#draining, version: this.#parts.version };
      return answerV2(exchange, path, models, state, limits);
    }
    switch (template) {
      case "/health":
      case "/ping":
        return this.#health(exchange);
      case "/openapi.json": {
        const { gatewayOpenApi } = await import("./openapi.ts");
        return sendJson(exchange, 200, JSON.stringify(gatewayOpenApi(this.#parts.version, models.values())));
      }
      case "/metrics":
        return this.#metrics(exchange);
      case "/v1/models/*/predict":
      case "/v1/models/*/versions/*/predict":
        return answerRecords(exchange, path, path.model(third), fourth === "versions" ? fifth! : null, limits);
      case "/v1/labels":
        return answerLabels(exchange, labels, limits);
      case "/invocations":
        return answerInvocations(exchange, path, onlyModel(models), limits);
      case "/v1/models/*/invocations":
        return answerInvocations(exchange, path, path.model(third), limits);
      default:
        if (exchange.method !== "GET") this.#authorise(exchange, "operator");
        if ((await this.#parts.admin?.(exchange)) !== true) checkRoute(undefined, exchange.path, exchange.method);
    }
  }

  #health(exchange: Exchange): void {
    sendJson(
      exchange,
      this.#draining ? 503 : 200,
      JSON.stringify({ ...this.#parts.health(), draining: this.#draining }),
    );
  }

  async #metrics(exchange: Exchange): Promise<void> {
    const { text, contentType } = await this.#parts.metrics();
    exchange.response.writeHead(200, { "content-type": contentType, "content-length": Buffer.byteLength(text) });
    exchange.response.end(text);
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

  /** @returns the status, also where no one is there to be told */
  #fail(exchange: Exchange, error: unknown, route: GatewayRoute | undefined): number {
    const { status, message, retryAfter } = describeFailure(error);
    if (status === 500) this.#parts.onBug(error);
    const headers: Record<string, string> = retryAfter === null ? {} : { "retry-after": String(retryAfter) };
    if (status === 405) headers["allow"] = route?.methods.join(", ") ?? "";
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
    return status;
  }
}

const titles: Readonly<Record<number, string>> = {
  400: "Bad request",
  401: "Key needed",
  403: "Not allowed",
  404: "Not found",
  405: "Not this method",
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
/** What is said to bytes that are no request, or too much of one. */
function unreadable({ code, message }: NodeJS.ErrnoException): string {
  const status =
    code === "HPE_HEADER_OVERFLOW"
      ? "431 Request Header Fields Too Large"
      : code === "ERR_HTTP_REQUEST_TIMEOUT"
        ? "408 Request Timeout"
        : "400 Bad Request";
  const body = JSON.stringify({ error: `the request cannot be read: ${message}` });
  return `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

function onlyModel(models: ReadonlyMap<string, ServedModel>): ServedModel {
  const [first, ...others] = models.values();
  if (first !== undefined && others.length === 0) return first;
  throw new RequestFailure("several models are served: POST /v1/models/NAME/invocations", 404);
}
