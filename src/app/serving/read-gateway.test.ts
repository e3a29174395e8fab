import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Failure } from "../../core/failures.ts";
import { type GatewaySettings, readGateway } from "./read-gateway.ts";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "umpire-config-"))));
afterEach(() => rmSync(folder, { recursive: true }));

function read(text: string, environment = {}): Promise<GatewaySettings> {
  writeFileSync(join(folder, "umpire.yaml"), text);
  return readGateway("umpire.yaml", folder, join(folder, "out"), environment);
}

/** Place and words of the first mistake. */
async function mistake(text: string): Promise<string> {
  const error: unknown = await read(text).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(Failure);
  const { where, message, mend } = error as Failure;
  return `${where} ${message} (${mend.join("; ")})`;
}

const small = `gateway:
  models:
    m:
      versions:
        a: { constant: 1 }
        b: { onnx: b.onnx, features: [x] }
`;

test("the smallest file is served on loopback, written, with the first version as champion", async () => {
  const settings = await read(small);
  expect(settings).toMatchObject({ host: "127.0.0.1", port: 8080, keys: [], modelsFolder: null });
  expect(settings.config.log).toMatchObject({ mode: "written", folder: join(folder, "out", "predictions") });
  const [model] = settings.config.models;
  expect(model!.routing).toMatchObject({ champion: "a", cohorts: [], fallback: [] });
  expect(model!.versions[1]!.source).toEqual({ kind: "onnx", path: join(folder, "b.onnx"), features: ["x"] });
});

test("a policy without a gateway section serves its own models", async () => {
  const { config } = await read(`model: films
task: ranking
data: { test: t.parquet }
columns: { label: label, group: list, unit: user }
models:
  champion: { column: old }
  challenger: { onnx: new.onnx }
`);
  expect(config.models).toMatchObject([
    { name: "films", task: "ranking", columns: { group: "list", unit: "user" }, versions: [{ version: "challenger" }] },
  ]);
});

test("mistakes are told at their line and column with what would be right", async () => {
  expect(await mistake(small.replace("versions:", "version:"))).toMatch(/^umpire.yaml:3:5 .*versions: is missing/);
  expect(await mistake(`${small}      chmpion: a\n`)).toMatch(/^umpire.yaml:7:7 .*"chmpion" \(nearest: champion/);
  expect(await mistake(`${small}      champion: c\n`)).toMatch(/^umpire.yaml:7:17 .*no version "c" \(versions: a, b\)/);
  expect(await mistake(`${small}      cohorts: { x: { where: { age: { frm: 3 } }, version: b } }\n`)).toMatch(
    /^umpire.yaml:7:\d+ .*from/,
  );
  expect(await mistake(`${small}      cohorts: { x: { arms: { a: 0.7, b: 0.7 } } }\n`)).toMatch(/7:.*more than 1/);
  expect(await mistake(`${small}      timeout: soon\n`)).toMatch(/^umpire.yaml:7:16 .*200ms/);
  expect(await mistake(`${small}  log: { mode: sometimes }\n`)).toMatch(/^umpire.yaml:7:16 /);
  expect(await mistake(`${small}      prepare: { y: { divide: 0 } }\n`)).toMatch(/7:.*is 0/);
  expect(await mistake(small.replace("{ constant: 1 }", "{ constant: 1, rule: 2 }"))).toMatch(
    /^umpire.yaml:5:\d+ .*rule and constant/,
  );
  expect(await mistake(small.replace("{ constant: 1 }", "{ url: 'http://h/', headers: { a: '${NOT_SET}' } }"))).toMatch(
    /NOT_SET/,
  );
});

test("secrets in headers come from the environment", async () => {
  const text = small.replace("{ constant: 1 }", "{ url: 'http://h/', headers: { authorization: 'Bearer ${TOKEN}' } }");
  const { config } = await read(text, { TOKEN: "s3cret" });
  expect(config.models[0]!.versions[0]!.source).toMatchObject({
    headers: { authorization: "Bearer s3cret" },
    trusted: true,
  });
});
