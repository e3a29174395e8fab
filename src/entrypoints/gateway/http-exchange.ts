import type { IncomingMessage, ServerResponse } from "node:http";
import { RequestFailure } from "../../core/serving/feature-record.ts";
import { acceptedCoding, codingOf, pack, unpack } from "./content-coding.ts";

/** What a route gets of a request: method, path in parts (decoded), headers and body. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** HEAD is answered as GET: the body stays away by itself. */
  readonly method: string;
  readonly path: readonly string[];
  readonly query: string;
}

export interface BodyLimits {
  /** Bytes, packed and unpacked. */
  readonly body: number;
}

/** Reads a body whole. @throws RequestFailure 413 beyond the limit, 415 or 400 where it is packed in another way, cut or damaged */
export function readBody({ request }: Exchange, limits: BodyLimits): Promise<Buffer> {
  const declared = Number(request.headers["content-length"] ?? Number.NaN);
  if (declared > limits.body) {
    return Promise.reject(new RequestFailure(`the body has ${declared} bytes; the limit is ${limits.body}`, 413));
  }
  const header = request.headers["content-encoding"];
  return header === undefined ? collect(request, limits.body) : collectPacked(request, header, limits.body);
}

async function collectPacked(request: IncomingMessage, header: string, limit: number): Promise<Buffer> {
  const coding = codingOf(header);
  const bytes = await collect(request, limit);
  return coding === null ? bytes : unpack(bytes, coding, limit);
}

function collect(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) {
        request.removeAllListeners("data");
        reject(new RequestFailure(`the body has more than ${limit} bytes`, 413));
      } else chunks.push(chunk);
    });
    request.on("end", () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    request.on("error", (error: Error) => reject(new RequestFailure(`the body cannot be read: ${error.message}`)));
    request.on("aborted", () => reject(new RequestFailure("the client went away before its request was whole", 499)));
  });
}

/** Deepest nesting of brackets in a document; deeper ones only serve to exhaust a parser. */
const deepestNesting = 64;

/** @throws RequestFailure saying what is wrong with the text */
export function parseJson(bytes: Buffer): unknown {
  const text = bytes.toString("utf8");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (text.trim() === "") throw new RequestFailure("the body is empty; a JSON document is expected");
    value = parsePythonJson(text, error);
  }
  if (bytes.length > 200 && isTooDeep(value, 0))
    throw new RequestFailure(`the JSON nests more than ${deepestNesting} deep`);
  return value;
}

/** Python writes NaN and Infinity into JSON, and its clients send them: NaN is null, infinities are numbers too large. */
function parsePythonJson(text: string, error: unknown): unknown {
  try {
    return JSON.parse(withoutBareWords(text));
  } catch {
    const reason = error instanceof Error ? error.message.split("\n", 1)[0]!.slice(0, 160) : "";
    throw new RequestFailure(`the body is not JSON: ${reason}`);
  }
}

/** Replaces NaN, Infinity and -Infinity outside of texts. One pass: a pattern could be made to take for ever. */
function withoutBareWords(text: string): string {
  let out = "";
  let from = 0;
  let inText = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (inText) {
      if (code === 0x5c) at++;
      else if (code === 0x22) inText = false;
    } else if (code === 0x22) inText = true;
    else if (code === 0x4e && text.startsWith("NaN", at)) {
      out += `${text.slice(from, at)}null`;
      from = at + 3;
    } else if (code === 0x49 && text.startsWith("Infinity", at)) {
      out += `${text.slice(from, at)}1e999`;
      from = at + 8;
    }
  }
  return out + text.slice(from);
}

function isTooDeep(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (depth > deepestNesting) return true;
  if (Array.isArray(value)) {
    // Arrays of plain numbers, the bulk of any tensor, are not walked.
    const [first] = value as unknown[];
    if (typeof first !== "object") return false;
    return value.some((element) => isTooDeep(element, depth + 1));
  }
  for (const key in value) if (isTooDeep((value as Record<string, unknown>)[key], depth + 1)) return true;
  return false;
}

export function sendJson({ response }: Exchange, status: number, text: string, headers?: Record<string, string>): void {
  if (response.headersSent || response.destroyed) return;
  const bytes = Buffer.byteLength(text);
  response.writeHead(status, { "content-type": "application/json", "content-length": bytes, ...headers });
  response.end(text);
}

/** A JSON answer, packed where the client asked for it and it is worth the time. */
export function sendDocument(
  exchange: Exchange,
  status: number,
  text: string,
  headers?: Record<string, string>,
): void | Promise<void> {
  // A text goes out in one piece with its head; bytes need a second.
  if (text.length < 1024 || exchange.request.headers["accept-encoding"] === undefined)
    sendJson(exchange, status, text, headers);
  else return sendBytes(exchange, status, Buffer.from(text), { "content-type": "application/json", ...headers });
}

/** Packs an answer where the client asked for it and it is worth the time. */
export async function sendBytes(
  { request, response }: Exchange,
  status: number,
  bytes: Buffer,
  headers: Record<string, string>,
): Promise<void> {
  const coding = bytes.length < 1024 ? null : acceptedCoding(request.headers["accept-encoding"]);
  const packed = coding === null ? bytes : await pack(bytes, coding);
  if (response.headersSent || response.destroyed) return;
  const extra = coding === null ? {} : { "content-encoding": coding };
  response.writeHead(status, { "content-length": packed.length, ...headers, ...extra });
  response.end(packed);
}
