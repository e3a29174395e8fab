import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { pythonWith } from "../python-with.ts";
import { modelConfig, openTestGateway } from "./open-test-gateway.ts";

/** The examples of the guide: the same model on three servers. */
const examples = fileURLToPath(new URL("../../examples/gateway", import.meta.url));
const customer = { income: 4000, age: 50 };
const expected = 0.45;

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" ? address!.port : 0));
    });
  });
}

async function untilAnswers(url: string, child: ChildProcess, said: () => string): Promise<void> {
  for (let i = 0; i < 200 && child.exitCode === null; i++) {
    const ok = await fetch(url).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ok) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`${url} does not answer\n${said()}`);
}

interface Started {
  readonly url: string;
  stop(): void;
}

async function start(
  program: string,
  args: readonly string[],
  cwd: string,
  url: string,
  ready: string,
): Promise<Started> {
  // Programs of an environment find each other by the path, as where it is activated.
  const env = { ...process.env, PATH: `${dirname(program)}${delimiter}${process.env["PATH"]}` };
  const child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
  try {
    await untilAnswers(ready, child, () => said.slice(-3000));
  } catch (error) {
    process.kill(-child.pid!, "SIGKILL");
    throw error;
  }
  // With the workers that it started.
  return { url, stop: () => process.kill(-child.pid!, "SIGKILL") };
}

/** Puts a gateway before the server, as `--model approval=URL` does, and asks it what its clients ask. */
async function ask(server: Started, body: object, path: string): Promise<Record<string, unknown>> {
  const source = { kind: "url" as const, url: server.url, trusted: true };
  const gateway = await openTestGateway({ models: [modelConfig("approval", [{ version: "1", source }])] });
  try {
    const answer = await fetch(`${gateway.address}${path}`, { method: "POST", body: JSON.stringify(body) });
    const text = await answer.text();
    expect(answer.status, text).toBe(200);
    return JSON.parse(text) as Record<string, unknown>;
  } finally {
    await gateway.close();
    server.stop();
  }
}

const infer = { inputs: [{ name: "x", datatype: "FP32", shape: [1, 2], data: [customer.income, customer.age] }] };
const scoreOf = (answer: Record<string, unknown>): number =>
  (answer["outputs"] as { readonly data: readonly number[] }[])[0]!.data[0]!;

const fastapi = pythonWith("fastapi", "uvicorn");
test.skipIf(fastapi === null)(
  "a FastAPI server stands behind the gateway with one line (skips without FastAPI)",
  async () => {
    const port = await freePort();
    const root = `http://127.0.0.1:${port}`;
    const args = ["-m", "uvicorn", "fastapi_server:app", "--port", String(port)];
    const server = await start(fastapi!, args, examples, `${root}/score`, `${root}/openapi.json`);
    const answer = await ask(server, { record: customer }, "/v1/models/approval/predict");
    expect(answer["prediction"]).toBeCloseTo(expected, 6);
  },
);

const kserve = pythonWith("kserve");
test.skipIf(kserve === null)(
  "a KServe server stands behind the gateway with one line (skips without KServe)",
  async () => {
    const port = await freePort();
    const root = `http://127.0.0.1:${port}`;
    const args = ["kserve_server.py", "--http_port", String(port), "--enable_grpc", "false"];
    const server = await start(
      kserve!,
      args,
      examples,
      `${root}/v2/models/approval`,
      `${root}/v2/models/approval/ready`,
    );
    expect(scoreOf(await ask(server, infer, "/v2/models/approval/infer"))).toBeCloseTo(expected, 6);
  },
);

const mlserver = pythonWith("mlserver");
test.skipIf(mlserver === null)(
  "an MLServer stands behind the gateway with one line (skips without MLServer)",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "umpire-mlserver-"));
    cpSync(join(examples, "mlserver"), folder, { recursive: true });
    const ports = [await freePort(), await freePort(), await freePort()] as const;
    const settings = JSON.parse(readFileSync(join(folder, "settings.json"), "utf8")) as object;
    const moved = { ...settings, http_port: ports[0], grpc_port: ports[1], metrics_port: ports[2] };
    writeFileSync(join(folder, "settings.json"), JSON.stringify(moved));
    const root = `http://127.0.0.1:${ports[0]}/v2/models/approval`;
    const program = join(dirname(mlserver!), "mlserver");
    try {
      const server = await start(program, ["start", "."], folder, root, `${root}/ready`);
      expect(scoreOf(await ask(server, infer, "/v2/models/approval/infer"))).toBeCloseTo(expected, 6);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

const mlflow = pythonWith("mlflow.pyfunc");
test.skipIf(mlflow === null)(
  "a model of MLflow stands behind the gateway with one line (skips without MLflow)",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "umpire-mlflow-"));
    const port = await freePort();
    const root = `http://127.0.0.1:${port}`;
    try {
      execFileSync(mlflow!, [join(examples, "mlflow_model.py"), join(folder, "model")], {
        cwd: folder,
        stdio: "ignore",
      });
      const args = ["models", "serve", "-m", "model", "-p", String(port), "--env-manager", "local"];
      const server = await start(
        join(dirname(mlflow!), "mlflow"),
        args,
        folder,
        `${root}/invocations`,
        `${root}/health`,
      );
      const answer = await ask(server, { record: customer }, "/v1/models/approval/predict");
      expect(answer["prediction"]).toBeCloseTo(expected, 6);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
