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
  await gateway.stop();
});
