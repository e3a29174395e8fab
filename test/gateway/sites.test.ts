import { request } from "node:http";
import { expect, test } from "vitest";
import { startGateway } from "./running-gateway.ts";

const config = `gateway:
  log: { rotate: false }
  models:
    m: { versions: { v1: { rule: { when: { age: { from: 30 }, city: Ulm }, then: 1, else: 0 } } } }
`;

test("a browser's form gets the same answer as a record, and an empty field is a null", async () => {
  const gateway = await startGateway(config);
  const form = { "content-type": "application/x-www-form-urlencoded" };
  const send = async (body: string) => (await gateway.post("/v1/models/m/predict", body, form)).body;
  expect(await send("age=31&city=Ulm&unit=ann")).toMatchObject({ prediction: 1 });
  expect(await send("age=&city=Ulm")).toMatchObject({ prediction: 0 });
  // Tools that send JSON under the type of a form are understood.
  expect(await send('{"record":{"age":31,"city":"Ulm"}}')).toMatchObject({ prediction: 1 });
  await gateway.stop();
});

test("without keys, pages of other sites can neither ask nor change anything", async () => {
  const gateway = await startGateway(config);
  const ask = async (headers: Record<string, string>) =>
    (await gateway.post("/v1/models/m/predict", { age: 31 }, headers)).status;
  expect(await ask({ origin: "http://evil.example" })).toBe(403);
  expect(await ask({ origin: "null" })).toBe(403);
  expect(await ask({ origin: "http://localhost:3000" })).toBe(200);
  expect(await ask({})).toBe(200);
  const block = { kind: "block", item: "i", reason: "r" };
  expect((await gateway.post("/v1/overrides", block, { origin: "http://evil.example" })).status).toBe(403);
  expect((await gateway.post("/v1/overrides", block)).status).toBe(201);
  // Another page of this machine may ask, and change nothing; the gateway's own may.
  expect((await gateway.post("/v1/overrides", block, { origin: "http://localhost:3000" })).status).toBe(403);
  const back = { to: "v1", reason: "r" };
  const other = { origin: "http://localhost:3000" };
  expect((await gateway.post("/v1/models/m/rollback", back, other)).status).toBe(403);
  expect((await gateway.post("/v1/overrides", block, { origin: gateway.url })).status).toBe(201);
  await gateway.stop();
});

test("without keys, a page whose name was pointed at this machine can neither ask, nor change, nor read of people", async () => {
  const gateway = await startGateway(config);
  /** As a browser asks for a page of that name, which a name server has moved to the loopback address. */
  const ask = (method: string, path: string, body: object | null, isPage = true): Promise<number> =>
    new Promise((settle, fail) => {
      const host = `evil.example:${new URL(gateway.url).port}`;
      const headers = { host, "content-type": "application/json", ...(isPage ? { origin: `http://${host}` } : {}) };
      const sent = request(`${gateway.url}${path}`, { method, headers }, (response) => {
        response.resume().on("end", () => settle(response.statusCode ?? 0));
      });
      sent.on("error", fail).end(body === null ? undefined : JSON.stringify(body));
    });
  const labels = { labels: [] };
  expect(await ask("POST", "/v1/models/m/predict", { record: { age: 31 } })).toBe(403);
  expect(await ask("POST", "/v1/labels", labels)).toBe(403);
  // Browsers name no origin where a page reads from its own.
  expect(await ask("GET", "/v1/overrides", null, false)).toBe(403);
  expect(await ask("POST", "/v1/labels", labels, false)).toBe(403);
  expect(await ask("DELETE", "/v1/overrides/x", null, false)).toBe(403);
  expect(await ask("PUT", "/v1/models/m/routing", { champion: "v1" }, false)).toBe(403);
  // A proxy of this machine's may carry requests under its own name.
  expect(await ask("POST", "/v1/models/m/predict", { record: { age: 31 } }, false)).toBe(200);
  await gateway.stop();
});
