import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sharedData } from "../shared-data.ts";
import { folderWith, umpire } from "./command-line.ts";
import { type Service, startService, person, until } from "./story-parts.ts";

const data = dirname(sharedData("movies/test.parquet") ?? "");

const train = `const fs = require("fs"), path = require("path");
fs.mkdirSync("work", { recursive: true });
const name = fs.existsSync("luck.txt") ? "challenger_fixed_seed2" : "challenger_fixed";
for (const end of [".onnx", ".meta.json"]) fs.copyFileSync(path.join(process.argv[2], name + end), "work/challenger" + end);
`;

const policy = (steps: string): string => `model: film-ranker
task: ranking
data: { test: ${data}/test.parquet }
columns: { id: [request_id, item_id], group: request_id, item: item_id, unit: user_id, time: timestamp, label: label }
models:
  champion: { column: score_champion }
  challenger: { onnx: work/challenger.onnx }
metrics: [map]
retrain:
  steps:
${steps}
  produces: work/challenger.onnx
`;

interface Run {
  readonly state: string;
  readonly version: string | null;
  readonly reason: string | null;
  readonly causes: readonly string[];
}

describe.skipIf(data === "")("a retraining by the server", () => {
  let folder = "";
  let server: Service;
  beforeAll(async () => {
    const step = `    - { name: train, run: [node, train.cjs, "\${models}"], inputs: train.cjs, outputs: [work/challenger.onnx, work/challenger.meta.json], parameters: { models: ${data}/models } }`;
    folder = folderWith({ "umpire.yaml": policy(step), "train.cjs": train });
    server = await startService(["server", "--policy", "umpire.yaml"], folder);
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("registers what comes out of a model that nobody has registered, and judges it", async () => {
    const { stdout, stderr, code } = await umpire(
      ["retrain", "--model", "film-ranker", "--server", server.address],
      folder,
    );
    expect(stderr).toMatch(/the server retrains film-ranker/);
    expect(stdout).toMatch(/✓ film-ranker 1 {3}pass/);
    expect(code).toBe(0);
  }, 120_000);

  it("can be done again from the registered version: byte for byte, else by its answers", async () => {
    const again = (...more: string[]) =>
      umpire(["reproduce", "film-ranker@1", "--server", server.address, ...more], folder);
    const same = await again();
    expect(same.stdout).toMatch(/✓ film-ranker@1 \(run .*\) comes out the same: 2 of 2 outputs, byte for byte/);
    expect(same.code).toBe(0);
    writeFileSync(join(folder, "luck.txt"), "");
    const other = await again();
    expect(other.stdout).toMatch(
      /✗ film-ranker@1 .*different: \d of 2 outputs; 48,000 answers to the test data differ by at most \d/,
    );
    expect(other.code).toBe(1);
    const close = await umpire(
      ["reproduce", "--model", "film-ranker", "1", "--tolerance", "9", "--json", "--server", server.address],
      folder,
    );
    expect(JSON.parse(close.stdout)).toMatchObject({ same: true, bytes: false, answers: { rows: 48_000 } });
    expect(close.code).toBe(0);
    rmSync(join(folder, "luck.txt"));
  }, 120_000);

  it("says so where there is no record: a version of another origin, none of the name, no server", async () => {
    const ann = person(server.address, "ann");
    const configuration = { hyperparameters: {} };
    await ann.post("/models/film-ranker/versions", { artifact: { kind: "constant", value: 1 }, configuration });
    const told = await umpire(["reproduce", "film-ranker@2", "--server", server.address], folder);
    expect(told.stderr).toMatch(/no retraining of the server made version 2/);
    expect(told.code).toBe(2);
    expect((await umpire(["reproduce", "film-ranker@99", "--server", server.address], folder)).code).toBe(2);
    expect((await umpire(["reproduce", "x@1", "--server", "http://127.0.0.1:9"], folder)).stderr).toMatch(
      /nothing answers/,
    );
  });
});

describe.skipIf(data === "")("a step that another system does", () => {
  it("brings a version in; a server that is killed meanwhile ends it once, cleanly, and the next one may run", async () => {
    let finish = false;
    const keys: string[] = [];
    const model = readFileSync(join(data, "models", "challenger_fixed.onnx"));
    const { createHash } = await import("node:crypto");
    const sha256 = createHash("sha256").update(model).digest("hex");
    const system = createServer((request, response) => {
      if (request.url === "/model") return void response.end(model);
      keys.push(String(request.headers["idempotency-key"]));
      const done = { status: "done", outputs: { "work/challenger.onnx": { sha256, url: "/model" } } };
      response.end(JSON.stringify(finish ? done : { status: "running" }));
    });
    await new Promise<void>((ready) => system.listen(0, "127.0.0.1", ready));
    const port = (system.address() as AddressInfo).port;
    const step = `    - { name: train, call: "http://127.0.0.1:${port}/train", outputs: work/challenger.onnx }`;
    const meta = JSON.parse(readFileSync(join(data, "models", "challenger_fixed.meta.json"), "utf8")) as {
      features: string[];
      score_output: string;
    };
    const described = `challenger: { onnx: work/challenger.onnx, features: [${meta.features.join(", ")}], output: ${meta.score_output} }`;
    const text = policy(step).replace("challenger: { onnx: work/challenger.onnx }", described);
    const folder = folderWith({ "umpire.yaml": text });
    const ask = async (address: string): Promise<readonly Run[]> =>
      (await person(address, "ann").get<{ retrainings: Run[] }>("/models/film-ranker/retrainings")).retrainings;
    try {
      const launcher = join(import.meta.dirname, "..", "..", "bin", "umpire.cjs");
      const args = [launcher, "server", "--policy", "umpire.yaml", "--json", "--port", "0"];
      const env = { ...process.env, npm_lifecycle_event: "" };
      const killed = spawn(process.execPath, args, { cwd: folder, env, detached: true });
      let out = "";
      killed.stdout.on("data", (part: Buffer) => (out += part.toString()));
      const address = await until(
        "the address",
        () => Promise.resolve(/"address": "([^"]+)"/.exec(out)?.[1] ?? null),
        (found) => found !== null,
        20,
      );
      await person(address!, "ann").post("/models/film-ranker/retrainings");
      await until(
        "the call",
        () => Promise.resolve(keys.length),
        (count) => count > 0,
        20,
      );
      const gone = once(killed, "exit");
      process.kill(-killed.pid!, "SIGKILL");
      await gone;
      const server = await startService(["server", "--policy", "umpire.yaml"], folder);
      try {
        expect(await ask(server.address)).toMatchObject([{ state: "failed", reason: "the server ended while it ran" }]);
        finish = true;
        await person(server.address, "ann").post("/models/film-ranker/retrainings");
        const runs = await until(
          "the verdict",
          () => ask(server.address),
          ([one]) => one?.state !== "running",
          60,
        );
        expect(runs[0]).toMatchObject({ state: "judged", version: "1" });
        expect(runs).toHaveLength(2);
        expect(new Set(keys).size).toBe(2);
      } finally {
        await server.stop();
      }
    } finally {
      system.close();
      rmSync(folder, { recursive: true, force: true });
    }
  }, 120_000);
});
