import { lookup as systemLookup } from "node:dns";
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { context, propagation } from "@opentelemetry/api";
import { Failure } from "../../core/failures.ts";
import { HiddenTexts } from "./hidden-texts.ts";
import { isPrivateAddress } from "./private-address.ts";
import { basicAuthorization } from "./remote-address.ts";

export interface RemoteAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  /** A text of the answer, for people: without the secrets that were sent. */
  readonly hide: (text: string) => string;
}

export interface RemoteOptions {
  readonly headers: Readonly<Record<string, string>>;
  /** False refuses private addresses, whatever name they hide behind. */
  readonly trusted: boolean;
}

/** A model's answer is small; a server that sends more is not answering. */
const largestAnswer = 64 * 1024 * 1024;

/** Calls one server with connections that are kept open. Redirects are not followed. */
export class RemoteHttp {
  readonly origin: string;
  readonly #headers: RemoteOptions["headers"];
  readonly #hidden = new HiddenTexts();
  readonly #agent: HttpAgent | HttpsAgent;
  readonly #secure: boolean;
  /** Where to connect, taken apart once: an address is dear to read. */
  readonly #target: { readonly protocol: string; readonly hostname: string; readonly port: string };

  /**
   * @param url its user and password, where it has any, are sent as Basic authorization
   * @throws Failure MODEL where it is private and not trusted
   */
  constructor(url: URL, options: RemoteOptions) {
    const host = url.hostname.replace(/^\[|\]$/g, "");
    if (!options.trusted && isIP(host) !== 0 && isPrivateAddress(host)) throw refused(url.host);
    this.origin = url.origin;
    this.#headers = { ...basicAuthorization(url), ...options.headers };
    this.#hidden.addParameters(url);
    this.#hidden.addHeaders(this.#headers);
    this.#secure = url.protocol === "https:";
    this.#target = { protocol: url.protocol, hostname: host, port: url.port };
    const agentOptions = { keepAlive: true, maxSockets: 64, ...(options.trusted ? {} : { lookup: publicLookup }) };
    this.#agent = this.#secure ? new HttpsAgent(agentOptions) : new HttpAgent(agentOptions);
  }

  call(
    method: "GET" | "POST",
    path: string,
    body: string | Uint8Array | null,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal | undefined,
  ): Promise<RemoteAnswer> {
    return new Promise((resolve, reject) => {
      const length = body === null ? {} : { "content-length": String(Buffer.byteLength(body)) };
      const send = this.#secure ? httpsRequest : httpRequest;
      // The caller's trace goes on at the remote model, where an OpenTelemetry SDK is there to carry it.
      const trace: Record<string, string> = {};
      propagation.inject(context.active(), trace);
      const request = send(
        {
          ...this.#target,
          path,
          method,
          agent: this.#agent,
          headers: { accept: "application/json", ...length, ...trace, ...headers, ...this.#headers },
          ...(signal === undefined ? {} : { signal }),
        },
        (response) => collect(response, (text) => this.#hidden.hide(text), resolve, reject),
      );
      request.on("error", (error) => reject(signal?.aborted === true ? (signal.reason as Error) : error));
      request.end(body ?? undefined);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

function collect(
  response: IncomingMessage,
  hide: RemoteAnswer["hide"],
  resolve: (answer: RemoteAnswer) => void,
  reject: (error: Error) => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  response.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size > largestAnswer) response.destroy(new Error(`the answer has more than ${largestAnswer} bytes`));
    else chunks.push(chunk);
  });
  response.on("error", reject);
  response.on("aborted", () => reject(new Error("the answer was cut off")));
  response.on("end", () =>
    resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks), hide }),
  );
}

/** Names are resolved once and the address that is checked is the one that is called. */
const publicLookup: LookupFunction = (hostname, options, done) => {
  systemLookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return done(error, "");
    const [first] = addresses;
    if (first === undefined || addresses.some(({ address }) => isPrivateAddress(address)))
      return done(refused(hostname), "");
    if (options.all === true) return done(null, addresses);
    return done(null, first.address, first.family);
  });
};

function refused(host: string): Failure {
  return new Failure("MODEL", {
    where: host,
    message: "the address is private, and it came through the API",
    mend: [
      "name the model in the gateway's own file or on its command line, where addresses are trusted",
      "or start the gateway with --trust-addresses: then whoever may register a version may have it call inside",
    ],
  });
}

/** The answer as JSON. @throws Error where the server refuses or says something else */
export function jsonOf(answer: RemoteAnswer): unknown {
  const text = answer.body.toString("utf8");
  if (answer.status < 200 || answer.status >= 300) {
    throw new RemoteRefusal(answer.status, `the server answered ${answer.status}: ${answer.hide(text).slice(0, 200)}`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`the server's answer is not JSON: ${answer.hide(text).slice(0, 100)}`);
  }
}

/** The server answered with a status that is no success. */
export class RemoteRefusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
