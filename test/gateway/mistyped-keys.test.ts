import { expect, test } from "vitest";
import { requestTime } from "../../src/core/tables/parse-time.ts";
import { startGateway } from "./running-gateway.ts";

test("a key that nothing reads is refused with the nearest, and so is an override that could never or for ever apply", async () => {
  const gateway = await startGateway(`gateway:
  log: { rotate: false }
  models:
    m:
      versions: { a: { constant: 1 }, b: { constant: 2 } }
      cohorts: { half: { arms: { b: 0.5 } } }
`);
  const detail = async (path: string, body: unknown): Promise<unknown> => {
    const answer = await gateway.post(path, body);
    expect(answer.status, JSON.stringify(body)).toBe(400);
    return (answer.body as { detail: string }).detail;
  };
  const predict = "/v1/models/m/predict";
  expect(await detail(predict, { record: {}, unti: "ann" })).toContain('no key "unti"; nearest: unit');
  expect(await detail(predict, { record: {}, time: 1e300 })).toContain("`time`");
  expect(await detail("/v1/labels", { id: "a", label: 1, tiem: 5 })).toMatch(/nearest: .*time/);
  const boost = { kind: "boost", item: "i", factor: 2, reason: "r" };
  expect(await detail("/v1/overrides", { ...boost, expirs: "2030-01-01" })).toContain("nearest: expires");
  expect(await detail("/v1/overrides", { ...boost, expires: "2020-01-01" })).toContain("past");
  for (const limit of [0, -1, 1.5]) expect(await detail("/v1/overrides", { ...boost, limit })).toContain("`limit`");

  // The unit among bare columns is the unit.
  const versions = async (body: unknown): Promise<unknown> =>
    ((await gateway.post(predict, body)).body as { version: string }).version;
  for (const unit of ["u1", "u2", "u3", "u4", 5])
    expect(await versions({ x: 1, unit })).toBe(await versions({ record: { x: 1 }, unit }));
  await gateway.stop();
});

test("a number is a time in milliseconds, or in seconds where milliseconds would lie before 1973", () => {
  const at = Date.parse("2026-11-27T12:00:00.500Z");
  for (const value of [at, at / 1000, "2026-11-27T12:00:00.500Z"]) expect(requestTime(value)).toBe(at);
  for (const value of [1e300, -1e20, Number.NaN, "soon", true, null, {}]) expect(requestTime(value)).toBeNull();
});

test("an item of a list is called what its `item` says, also where nobody named the column, so that its label finds it", async () => {
  const gateway = await startGateway(`gateway:
  log: { rotate: false }
  models: { m: { task: ranking, versions: { a: { constant: 1 } } } }
`);
  const answer = await gateway.post("/v1/models/m/predict", { items: [{ item: "film 17" }, { item: 5 }, { x: 1 }] });
  const { items } = answer.body as { items: { item: unknown; row: number }[] };
  const byRow = items.toSorted((a, b) => a.row - b.row).map(({ item }) => item);
  expect(byRow).toEqual(["film 17", "5", 2]);
  await gateway.stop();
});
