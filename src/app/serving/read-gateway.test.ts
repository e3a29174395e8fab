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

const contract = `contract: c
version: 1
columns:
  age: { type: number, range: { from: 0, to: 120 } }
  centimetres: { type: number }
`;

function withContract(lines: string): string {
  writeFileSync(join(folder, "contract.yaml"), contract);
  return `${small}      contract: contract.yaml\n${lines}`;
}

test("what would do nothing is a mistake: rules without a contract, replacements of or by nothing, an opt-out to a model", async () => {
  expect(await mistake(`${small}      problems: { unseen: reject }\n`)).toContain("there is no contract");
  expect(await mistake(withContract("      problems: { range: replace }\n"))).toContain("nothing says by what");
  expect(await mistake(withContract("      replace: { agee: 3 }\n"))).toContain("nearest: age");
  expect(await mistake(`${small}      opt_out: b\n`)).toContain("one that needs none: a");
  const log = (keys: string): string => small.replace("gateway:\n", `gateway:\n  log: { ${keys} }\n`);
  expect(await mistake(log("rotate: false, retention: 1d"))).toContain("nothing would ever be removed");
  expect(await mistake(log("segment: { size: 3 potatoes }"))).toContain("3 potatoes");
  expect(await mistake(log("segment: { age: soon }"))).toContain("soon");
});

test("a name that nothing else holds is doubted, and one that is known is not", async () => {
  const doubts = async (text: string): Promise<readonly string[]> => (await read(text)).doubts;
  expect(await doubts(withContract("      cohorts: { y: { where: { agee: 3 }, version: a } }\n"))).toEqual([
    'm: a cohort asks for "agee", which neither contract nor features hold; nearest: age',
  ]);
  expect(await doubts(withContract("      cohorts: { y: { where: { age: 3, x: 1 }, version: a } }\n"))).toEqual([]);
  expect(await doubts(`${small}      prepare: { y: x }\n      position: { z: 1 }\n`)).toHaveLength(2);
  expect(await doubts(`${small}      prepare: { x: y }\n`)).toEqual([]);
});

test("a column is replaced where a value is named for it, else treated as usual; what a feature is made from must come", async () => {
  const lines = `      problems: { range: replace, type: replace }
      replace: { age: 40 }
      prepare: { x: { from: centimetres, divide: 100 } }
`;
  const [model] = (await read(withContract(lines))).config.models;
  const [age, centimetres] = model!.rules;
  expect(age).toMatchObject({ required: false, actions: { range: "replace", type: "replace" }, replacement: 40 });
  expect(centimetres).toMatchObject({ required: true, actions: { range: "mark", type: "reject" } });
});

test("so do users, passwords and tokens of addresses; one that stands in the file is refused, without it", async () => {
  const withUrl = (url: string, more = "") => small.replace("{ constant: 1 }", `{ url: "${url}"${more} }`);
  const settings = await read(withUrl("https://u:${PASS}@h/x?token=${TOKEN}"), { PASS: "a/b@c", TOKEN: "t" });
  expect(settings.config.models[0]!.versions[0]!.source).toMatchObject({ url: "https://u:a%2Fb%40c@h/x?token=t" });
  expect(await mistake(withUrl("https://h/${NOT_SET}"))).toMatch(/5:.*NOT_SET is not in the environment/);
  for (const text of [
    withUrl("https://u:s3cret@h/x"),
    withUrl("https://h/x?api_key=s3cret"),
    withUrl("https://h/x", ", headers: { X-Api-Key: s3cret }"),
  ]) {
    const said = await mistake(text);
    expect(said).toMatch(/5:.*holds a secret as it stands.*write \$\{NAME\}/);
    expect(said).not.toContain("s3cret");
  }
});
