import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GatewayConfig, ModelConfig } from "../../src/app/serving/gateway-config.ts";
import { type GatewayLimits, usualLimits } from "../../src/app/serving/gateway-limits.ts";
import { usualGuard } from "../../src/app/serving/guard.ts";
import { plainRouting } from "../../src/core/serving/routing-state.ts";
import type { AccessLog } from "../../src/entrypoints/gateway/access-log.ts";
import type { KeyRing } from "../../src/entrypoints/gateway/key-ring.ts";
import { type RunningGateway, runGateway } from "../../src/entrypoints/gateway/run-gateway.ts";

export interface TestGateway {
  readonly running: RunningGateway;
  readonly address: string;
  readonly grpcAddress: string;
  readonly folder: string;
  /** What the gateway called a bug of its own. */
  readonly bugs: readonly unknown[];
  close(): Promise<void>;
}

export interface TestGatewayOptions {
  readonly models: readonly ModelConfig[];
  readonly log?: Partial<GatewayConfig["log"]>;
  readonly limits?: Partial<GatewayLimits>;
  readonly keys?: KeyRing;
  readonly folder?: string;
  readonly accessLog?: AccessLog;
}

/** A gateway in this process, on free ports, with its files in a folder of its own. */
export async function openTestGateway(options: TestGatewayOptions): Promise<TestGateway> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), "umpire-gateway-"));
  const limits = { ...usualLimits, ...options.limits };
  const bugs: unknown[] = [];
  const running = await runGateway({
    config: {
      models: options.models,
      log: {
        folder: join(folder, "predictions"),
        mode: "written",
        segmentBytes: 64 * 1024 * 1024,
        segmentMilliseconds: 300_000,
        redact: [],
        hash: [],
        retentionDays: null,
        rotate: false,
        ...options.log,
      },
      stateFolder: join(folder, "state"),
      concurrency: limits.concurrency,
    },
    host: "127.0.0.1",
    port: 0,
    grpcPort: 0,
    limits,
    keys: options.keys ?? null,
    modelsFolder: null,
    accessLog: options.accessLog ?? null,
    version: "0.0.0-test",
    onBug: (error) => bugs.push(error),
  });
  return {
    running,
    address: `http://127.0.0.1:${running.port}`,
    grpcAddress: `127.0.0.1:${running.grpcPort}`,
    folder,
    bugs,
    close: async () => {
      await running.stop();
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A model with the usual settings. */
export function modelConfig(
  name: string,
  versions: ModelConfig["versions"],
  more: Partial<ModelConfig> = {},
): ModelConfig {
  return {
    name,
    task: null,
    columns: { unit: null, time: null, id: null, group: null, item: null },
    versions,
    routing: plainRouting(versions[0]!.version),
    rules: [],
    prepare: [],
    positions: {},
    guard: usualGuard,
    ...more,
  };
}

/** Writes the model that answers every tensor type as it came. @returns its path */
export function echoModelFile(): string {
  const fixture = JSON.parse(readFileSync(new URL("echo.fixture.json", import.meta.url), "utf8")) as { onnx: string };
  const folder = mkdtempSync(join(tmpdir(), "umpire-echo-"));
  const path = join(folder, "echo.onnx");
  writeFileSync(path, Buffer.from(fixture.onnx, "base64"));
  return path;
}

/** Every event of the log's segments, in their order. */
export function loggedEvents(folder: string): Record<string, unknown>[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    /\.(jsonl|log|open)$/.test(name),
  );
  return names
    .sort()
    .flatMap((name) => readFileSync(join(folder, name), "utf8").split("\n"))
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
