import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAccessLog } from "../../../src/entrypoints/gateway/access-log.ts";
import { KeyRing } from "../../../src/entrypoints/gateway/key-ring.ts";
import { openTestGateway, type TestGateway } from "../open-test-gateway.ts";
import { type Answered, petsRequest, protocolModels, send } from "./protocol-gateway.ts";

/** Open Inference Protocol V2, inference_rest.md: health, metadata and what surrounds them. Quotes are the specification's. */
let gateway: TestGateway;
const logged: string[] = [];
beforeAll(async () => {
  const accessLog = createAccessLog({ write: (text: string) => logged.push(text) }, Date.now);
  gateway = await openTestGateway({ models: protocolModels(), accessLog });
});
afterAll(() => gateway.close());
const ask = (method: string, path: string, body?: object | string): Promise<Answered> =>
  send(gateway.address, method, path, body);

describe("server: live, ready, metadata", () => {
  test('live answers { "live": true }', async () => {
    expect(await ask("GET", "/v2/health/live")).toMatchObject({ status: 200, body: { live: true } });
  });

  test("ready answers the flag of the specification (`live`) and the one that clients look for (`ready`)", async () => {
    expect(await ask("GET", "/v2/health/ready")).toMatchObject({ status: 200, body: { live: true, ready: true } });
  });

  test("server metadata has `name`, `version` and `extensions`, with and without a slash at the end", async () => {
    for (const path of ["/v2", "/v2/"]) {
      const { status, body } = await ask("GET", path);
      expect(status).toBe(200);
      expect(body).toEqual({
        name: "umpire",
        version: "0.0.0-test",
        extensions: ["binary_tensor_data", "model_repository", "parameters"],
      });
    }
  });
});

describe("model metadata", () => {
  test("has `name`, `versions`, `platform`, `inputs` and `outputs`; sizes that vary are -1", async () => {
    expect((await ask("GET", "/v2/models/pets")).body).toEqual({
      name: "pets",
      versions: ["1", "2"],
      platform: "onnxruntime_onnx",
      inputs: [{ name: "x", datatype: "FP32", shape: [-1, 3] }],
      outputs: [
        { name: "label", datatype: "BYTES", shape: [-1] },
        { name: "probabilities", datatype: "FP32", shape: [-1, 3] },
      ],
    });
    expect(await ask("GET", "/v2/models/pets/versions/2")).toMatchObject({ status: 200, body: { name: "pets" } });
  });

  test("names are decoded: a slash, a space and a query string do no harm", async () => {
    expect((await ask("GET", "/v2/models/zurich%2Fa%20b?trace=1")).body).toMatchObject({ name: "zurich/a b" });
  });

  test.each([
    "/v2/models/none",
    "/v2/models/none/ready",
    "/v2/models/pets/versions/9",
    "/v2/models/pets/versions/9/ready",
  ])('"a failed request must be indicated by an HTTP error status", with { "error": … }: %s', async (path) => {
    const { status, body, headers } = await ask("GET", path);
    expect(status).toBe(404);
    expect(body).toEqual({ error: expect.stringMatching(/no model "none"|no version "9"/) as string });
    expect(headers.get("content-type")).toBe("application/json");
  });

  test("of a model whose server was never reached: 503, since nothing is known of its tensors", async () => {
    expect(await ask("GET", "/v2/models/late")).toMatchObject({
      status: 503,
      body: { error: expect.stringContaining("never reached") as string },
    });
  });
});

describe("model ready", () => {
  test.each(["/v2/models/pets/ready", "/v2/models/pets/versions/2/ready"])(
    "answers { name, ready }: %s",
    async (path) => {
      expect(await ask("GET", path)).toMatchObject({ status: 200, body: { name: "pets", ready: true } });
    },
  );

  test("a version whose server is away is not ready; its model is, since another version stands in", async () => {
    expect(await ask("GET", "/v2/models/late/versions/1/ready")).toMatchObject({
      status: 503,
      body: { name: "late", ready: false, error: expect.any(String) as string },
    });
    expect(await ask("GET", "/v2/models/late/ready")).toMatchObject({ status: 200, body: { ready: true } });
  });
});

describe("model repository extension", () => {
  test("the index lists each version with its state, and with `ready` only those that are", async () => {
    const { bytes } = await ask("POST", "/v2/repository/index", {});
    const all = JSON.parse(bytes.toString()) as { name: string; version: string; state: string; reason: string }[];
    expect(all).toContainEqual({ name: "pets", version: "2", state: "READY", reason: "" });
    expect(all).toContainEqual({
      name: "late",
      version: "1",
      state: "UNAVAILABLE",
      reason: expect.stringContaining("never reached") as string,
    });
    const ready = await ask("POST", "/v2/repository/index", { ready: true });
    expect(JSON.parse(ready.bytes.toString())).toHaveLength(all.length - 1);
    expect((await ask("POST", "/v2/repository/index", "{{")).status).toBe(400);
    expect((await ask("POST", "/v2/repository/index")).status).toBe(200);
  });

  test.each(["load", "unload"])("%s is refused with what to do instead", async (what) => {
    expect(await ask("POST", `/v2/repository/models/pets/${what}`, {})).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining("umpire models register") as string },
    });
  });

  test("extensions that are not served are 404 with words, not silence", async () => {
    for (const path of ["/v2/systemsharedmemory/status", "/v2/models/pets/stats", "/v2/logging"]) {
      expect(await ask("GET", path)).toMatchObject({
        status: 404,
        body: { error: expect.stringContaining("not served") as string },
      });
    }
  });
});

describe("methods", () => {
  test.each([
    ["POST", "/v2/health/live", "GET, HEAD"],
    ["DELETE", "/v2/models/pets", "GET, HEAD"],
    ["GET", "/v2/models/pets/infer", "POST"],
    ["PUT", "/v2/models/pets/versions/1/infer", "POST"],
    ["OPTIONS", "/v1/labels", "POST"],
    ["POST", "/v1/models/pets/routing", "GET, HEAD, PUT"],
  ])("%s %s is 405, and Allow says %s", async (method, path, allow) => {
    const { status, headers, bytes } = await ask(method, path);
    expect(status).toBe(405);
    expect(headers.get("allow")).toBe(allow);
    expect(bytes.toString()).toContain(`not ${method}`);
  });

  test.each(["/v2", "/v2/health/ready", "/v2/models/pets", "/health", "/metrics"])(
    "HEAD %s is GET without its body",
    async (path) => {
      const head = await ask("HEAD", path);
      const got = await ask("GET", path);
      expect([head.status, head.bytes.length]).toEqual([200, 0]);
      expect(head.headers.get("content-type")).toBe(got.headers.get("content-type"));
      expect(Number(head.headers.get("content-length"))).toBeGreaterThan(0);
    },
  );
});

test("the access log names the route of a request that failed, and nothing that the client chose", async () => {
  logged.length = 0;
  await ask("POST", "/v2/models/none-secret/infer", petsRequest());
  await ask("POST", "/v2/models/pets/infer", "no JSON");
  await ask("GET", "/v1/models/pets/predict");
  await ask("GET", "/nowhere/secret");
  await expect.poll(() => logged.join("").split("\n").length).toBe(5);
  const lines = logged
    .join("")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { route: string; status: number });
  expect(lines.map(({ route, status }) => [route, status])).toEqual([
    ["/v2/models/*/infer", 404],
    ["/v2/models/*/infer", 400],
    ["/v1/models/*/predict", 405],
    ["unknown", 404],
  ]);
  expect(logged.join("")).not.toContain("secret");
});

test("with keys, health is open; all else is 401 before it is 404 or 405", async () => {
  const keys = new KeyRing([{ name: "app", role: "viewer", sha256: createHash("sha256").update("k1").digest("hex") }]);
  const locked = await openTestGateway({ models: protocolModels().slice(0, 1), keys });
  try {
    for (const path of ["/v2", "/v2/health/live", "/v2/health/ready", "/health"]) {
      expect((await send(locked.address, "GET", path)).status, path).toBe(200);
    }
    for (const path of ["/v2/models/pets", "/v2/models/none", "/v2/models/pets/infer", "/v2/nothing", "/nothing"]) {
      expect((await send(locked.address, "GET", path)).status, path).toBe(401);
    }
    const key = { authorization: "Bearer k1" };
    expect((await send(locked.address, "GET", "/v2/models/pets", undefined, key)).status).toBe(200);
    expect((await send(locked.address, "GET", "/v2/models/none", undefined, key)).status).toBe(404);
    expect((await send(locked.address, "PUT", "/v1/models/pets/routing", {}, key)).status).toBe(403);
  } finally {
    await locked.close();
  }
});

test("nothing that was asked here was called a bug", () => {
  expect(gateway.bugs).toEqual([]);
});
