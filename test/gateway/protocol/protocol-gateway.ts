import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ModelConfig } from "../../../src/app/serving/gateway-config.ts";
import { echoModelFile, modelConfig } from "../open-test-gateway.ts";

const models = JSON.parse(
  readFileSync(new URL("../../../src/adapters/onnx/models.fixture.json", import.meta.url), "utf8"),
) as { readonly models: Readonly<Record<string, { readonly onnx: string }>> };

/**
 * `pets`: three numbers in (`x`, FP32), a `label` and `probabilities` out, in versions 1 and 2. `echo`: an input and an
 * output of each datatype, two wide. `late`: its server is away and a constant stands in. `zurich/a b`: an odd name.
 */
export function protocolModels(): ModelConfig[] {
  const path = join(mkdtempSync(join(tmpdir(), "umpire-protocol-")), "pets.onnx");
  writeFileSync(path, Buffer.from(models.models["three_classes"]!.onnx, "base64"));
  const pets = { kind: "onnx", path } as const;
  const late = modelConfig("late", [
    { version: "1", source: { kind: "url", url: "http://127.0.0.1:9/v2/models/late", trusted: true } },
    { version: "rule", source: { kind: "constant", value: 1 } },
  ]);
  return [
    modelConfig("pets", [
      { version: "1", source: pets },
      { version: "2", source: pets },
    ]),
    modelConfig("echo", [
      { version: "1", source: { kind: "onnx", path: echoModelFile(), output: "score", thread: "main" } },
    ]),
    { ...late, routing: { ...late.routing, fallback: ["rule"] } },
    modelConfig("zurich/a b", [{ version: "1", source: { kind: "constant", value: 0.5 } }]),
  ];
}

/** The usual request of `pets`, with other keys where they are given. */
export function petsRequest(input: object = {}, more: object = {}): object {
  return { inputs: [{ name: "x", shape: [1, 3], datatype: "FP32", data: [0.1, 0.2, 0.3], ...input }], ...more };
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  // Documents of the protocol, read key by key.
  readonly body: Record<string, unknown>;
}

/** Sends a request by fetch. An object goes as JSON. */
export async function send(
  address: string,
  method: string,
  path: string,
  body?: object | string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answered> {
  const isPlain = typeof body === "string" || body instanceof Uint8Array;
  const content = body === undefined ? {} : { body: isPlain ? (body as string) : JSON.stringify(body) };
  const response = await fetch(`${address}${path}`, { method, headers, ...content });
  const bytes = Buffer.from(await response.arrayBuffer());
  const isJson = response.headers.get("content-type")?.includes("json") === true && bytes.length > 0;
  const parsed = isJson ? (JSON.parse(bytes.toString()) as Record<string, unknown>) : {};
  return { status: response.status, headers: response.headers, bytes, body: parsed };
}

/** Writes bytes to a connection as they are. @returns all that came until it was closed, or was quiet for a while */
export function exchangeBytes(port: number, parts: readonly (string | Buffer)[], end = false): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    let text = "";
    const finish = (): void => {
      socket.destroy();
      resolve(text);
    };
    socket.setTimeout(1500, finish);
    socket.on("data", (chunk) => (text += chunk.toString("latin1")));
    socket.on("end", finish);
    socket.on("error", finish);
    const write = async (): Promise<void> => {
      for (const part of parts) {
        socket.write(part);
        await new Promise((next) => setTimeout(next, 5));
      }
      if (end) socket.end();
    };
    socket.on("connect", () => void write());
  });
}

/** A server of the protocol that answers one model by a function, and keeps what it was asked. */
export async function remoteServer(
  metadata: object,
  answer: (request: Record<string, unknown>) => object | string,
): Promise<{ readonly url: string; readonly asked: Record<string, unknown>[]; readonly server: Server }> {
  const asked: Record<string, unknown>[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString();
      const infer = request.method === "POST";
      const document = infer ? (JSON.parse(text) as Record<string, unknown>) : {};
      if (infer) asked.push({ ...document, text });
      response.setHeader("content-type", "application/json");
      const given = infer ? answer(document) : request.url === "/v2" ? { name: "r", extensions: [] } : metadata;
      response.end(typeof given === "string" ? given : JSON.stringify(given));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  return { url: `http://127.0.0.1:${port}/v2/models/m`, asked, server };
}
