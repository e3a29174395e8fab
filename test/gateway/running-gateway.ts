import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readGateway } from "../../src/app/serving/read-gateway.ts";
import { KeyRing } from "../../src/entrypoints/gateway/key-ring.ts";
import { type RunningGateway, runGateway } from "../../src/entrypoints/gateway/run-gateway.ts";

export interface TestGateway {
  readonly url: string;
  readonly folder: string;
  readonly running: RunningGateway;
  readonly bugs: unknown[];
  post(
    path: string,
    body: unknown,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: unknown; headers: Headers }>;
  call(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
  stop(): Promise<void>;
}

/** A gateway with the given `umpire.yaml`, on a free port, with folders of its own; `reuse` starts in a folder that is there. */
export async function startGateway(
  yaml: string,
  reuse?: string,
  files: Readonly<Record<string, string>> = {},
): Promise<TestGateway> {
  const folder = reuse ?? mkdtempSync(join(tmpdir(), "umpire-gateway-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, "umpire.yaml"), yaml);
  const settings = await readGateway("umpire.yaml", folder, join(folder, ".umpire"), process.env);
  const bugs: unknown[] = [];
  const running = await runGateway({
    ...settings,
    host: "127.0.0.1",
    port: 0,
    grpcPort: null,
    keys: settings.keys.length === 0 ? null : new KeyRing(settings.keys),
    accessLog: null,
    version: "test",
    onBug: (error) => bugs.push(error),
  });
  const url = `http://127.0.0.1:${running.port}`;
  const send = async (method: string, path: string, body: unknown, headers: Record<string, string>) => {
    const raw = typeof body === "string" || body instanceof Uint8Array;
    const init = body === undefined ? {} : { body: raw ? (body as string) : JSON.stringify(body) };
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { "content-type": "application/json", ...headers },
      ...init,
    });
    const bytes = new Uint8Array(await response.arrayBuffer());
    const text = new TextDecoder().decode(bytes);
    const isJson = response.headers.get("content-type")?.includes("json") === true;
    return { status: response.status, body: isJson ? (JSON.parse(text) as unknown) : bytes, headers: response.headers };
  };
  return {
    url,
    folder,
    running,
    bugs,
    post: (path, body, headers = {}) => send("POST", path, body, headers),
    call: (method, path, body) => send(method, path, body, {}),
    stop: async () => {
      await running.stop();
      if (reuse === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}
