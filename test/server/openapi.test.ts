import { createHash } from "node:crypto";
import { readFileSync, writeFileSync, mkdtempSync, rmSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { createArtifactFolder } from "../../src/adapters/artifacts/artifact-folder.ts";
import { exampleFile } from "../../src/schemas/api/registry-schemas.ts";
import { pythonWith } from "../python-with.ts";
import { type ApiInMemory, apiInMemory } from "./api-in-memory.ts";

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: Readonly<Record<string, unknown>>;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

interface Media {
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

/** All examples of a parameter or a body. */
function examplesOf({ example, examples = {} }: Media): unknown[] {
  return [...(example === undefined ? [] : [example]), ...Object.values(examples).map(({ value }) => value)];
}

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, Media>>;
  };
}

interface Call {
  readonly id: string;
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly url: string;
  readonly body: unknown;
}

const flights = readFileSync(resolve(import.meta.dirname, "../../examples/flights/models/challenger.onnx"));

function operationsOf(api: ApiInMemory): [string, string, Operation][] {
  const paths = api.app.swagger().paths as unknown as Record<string, Record<string, Operation>>;
  return Object.entries(paths).flatMap(([url, operations]) =>
    Object.entries(operations).map(([method, operation]): [string, string, Operation] => [url, method, operation]),
  );
}

/** Every request that the description gives as an example: each body once, and each parameter as it is shown. */
function exampleCalls(api: ApiInMemory): Call[] {
  return operationsOf(api).flatMap(([path, method, operation]) => {
    const shown = (parameter: Parameter): string => encodeURIComponent(String(examplesOf(parameter)[0] ?? ""));
    const parameters = operation.parameters ?? [];
    const inPath = parameters.filter((one) => one.in === "path");
    const url = inPath.reduce((text, one) => text.replace(`{${one.name}}`, shown(one)), path);
    const queries = parameters
      .filter((one) => one.in === "query" && examplesOf(one).length > 0)
      .map((one) => `${one.name}=${shown(one)}`);
    // `after` and `before` go in opposite directions; sequence and hash name an entry that no test has.
    const query = queries.filter((one) => !/^(before|sequence|hash)=/.test(one)).join("&");
    const bodies = Object.entries(operation.requestBody?.content ?? {}).flatMap(([type, media]) =>
      type === "application/json" ? examplesOf(media) : [flights],
    );
    const whole = query === "" ? url : `${url}?${query}`;
    return (bodies.length === 0 ? [undefined] : bodies).map((body) => ({
      id: operation.operationId,
      method: method.toUpperCase() as Call["method"],
      url: whole,
      body,
    }));
  });
}

/** What takes more than a model and two versions, and the honest answer that it gets without. */
const needsMore: Readonly<Record<string, readonly number[]>> = {
  // No verdict with that slice; a release without evidence; no policy: tested where there are.
  planRelease: [400],
  startRelease: [400],
  approveRelease: [409],
  advanceRelease: [409],
  attachVerdict: [404],
  lookNow: [404],
  getLook: [404],
  getQuality: [404],
  // No gateway answers.
  enterOverride: [409],
  endOverride: [404],
  showOverride: [404],
  retrain: [404],
  getRunLogs: [404],
  findAnswers: [404],
  snoozeAlert: [404],
  resolveAlert: [404],
  // Live, and the newest.
  deleteVersion: [409],
};

describe("the description of the HTTP interface", () => {
  it("is OpenAPI 3.1 in which every reference leads somewhere", async () => {
    const api = await apiInMemory();
    const document = JSON.parse(JSON.stringify(api.app.swagger())) as Record<string, unknown>;
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = ""]) => path);
    expect(references.length).toBeGreaterThan(100);
    for (const reference of new Set(references)) {
      const steps = reference.split("/");
      const found = steps.reduce<unknown>(
        (here, step) => (here as Record<string, unknown> | undefined)?.[step],
        document,
      );
      expect(found, reference).toBeDefined();
    }
  });

  const python = pythonWith("openapi_spec_validator");
  it.skipIf(python === null)("passes openapi-spec-validator (skips without that Python package)", async () => {
    const api = await apiInMemory();
    const folder = mkdtempSync(join(tmpdir(), "umpire-openapi-"));
    try {
      writeFileSync(join(folder, "openapi.json"), JSON.stringify(api.app.swagger()));
      const args = ["-m", "openapi_spec_validator", join(folder, "openapi.json")];
      expect(execFileSync(python!, args, { stdio: "pipe" }).toString()).toContain("OK");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("has an example of each parameter that has no fixed values, and says what it is", async () => {
    for (const [path, method, { parameters = [] }] of operationsOf(await apiInMemory())) {
      for (const parameter of parameters) {
        const where = `${method} ${path} ${parameter.name}`;
        expect(
          parameter.schema["enum"] ?? parameter.schema["default"] ?? examplesOf(parameter)[0],
          where,
        ).toBeDefined();
      }
    }
  });

  it("has examples that work when they are sent", async () => {
    const folder = mkdtempSync(join(tmpdir(), "umpire-examples-"));
    const api = await apiInMemory({ artifacts: createArtifactFolder(folder) });
    expect({ digest: createHash("sha256").update(flights).digest("hex"), bytes: flights.length }).toEqual(exampleFile);
    await api.upload(flights);
    for (const value of [1, 2, 3]) {
      await api.call("admin", "POST", "/v1/models/film-ranker/versions", { artifact: { kind: "constant", value } });
    }
    await api.call("admin", "PUT", "/v1/models/film-ranker/aliases/champion", { version: "1" });
    await api.call("admin", "PUT", "/v1/schedules/trail", { cron: "0 6 * * *", job: "count" });
    const calls = exampleCalls(api).filter(({ id }) => id !== "events");
    expect(calls.length).toBeGreaterThan(50);
    // What takes away comes last, what puts there first.
    const order = (call: Call): number => ["PUT", "POST", "GET", "DELETE"].indexOf(call.method);
    for (const { id, method, url, body } of calls.toSorted((a, b) => order(a) - order(b))) {
      const answer = await api.app.inject({
        method,
        url,
        headers: {
          authorization: `Bearer ${api.keys.admin}`,
          ...(body === flights ? { "content-type": "application/octet-stream" } : {}),
        },
        // Its schedules have one job, "count".
        ...(body === undefined
          ? {}
          : { payload: id === "putSchedule" ? { ...(body as object), job: "count" } : (body as object) }),
      });
      const where = `${method} ${url} ${JSON.stringify(body)?.slice(0, 200)}: ${answer.statusCode} ${answer.body.slice(0, 300)}`;
      if (answer.statusCode >= 300) expect(needsMore[id] ?? [], where).toContain(answer.statusCode);
    }
    expect(api.bugs).toEqual([]);
    rmSync(folder, { recursive: true });
  });
});
