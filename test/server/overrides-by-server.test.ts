import { expect, test } from "vitest";
import { GatewayState } from "../../src/app/serving/gateway-state.ts";
import { doErrand } from "../../src/app/serving/do-errand.ts";
import type { Errand } from "../../src/core/registry/gateway-orders.ts";
import { type ApiInMemory, apiInMemory } from "./api-in-memory.ts";

/** A gateway that polls as the real one does, by the real work of errands. */
function gatewayOf(api: ApiInMemory, name: string) {
  const store = { read: () => null, write: () => undefined };
  const state = new GatewayState(new Map(), store, store);
  const parts = { models: new Set(["ranker"]), now: () => api.clock.now() };
  let errands: unknown[] = [];
  const poll = async (waitSeconds = 0): Promise<void> => {
    const overrides = state.overrides.map(({ id, kind, model, expires, reason, by }) => ({
      id,
      kind,
      model,
      expires,
      reason,
      by,
    }));
    const report = { tag: "none", waitSeconds, overrides, ...(errands.length === 0 ? {} : { errands }) };
    const { body } = await api.call("operator", "POST", `/v1/gateways/${name}/poll`, report);
    errands = ((body["errands"] ?? []) as Errand[]).map((errand) => doErrand(errand, state, parts));
  };
  return { state, poll };
}

const block = { kind: "block", item: "film-17", reason: "recalled" };

test("an override asked of the server is entered at each gateway that is there, under who asked, and ended there", async () => {
  const api = await apiInMemory();
  const [one, two] = [gatewayOf(api, "eu-1"), gatewayOf(api, "eu-2")];
  await one.poll();
  await two.poll();
  const entering = api.call("operator", "POST", "/v1/overrides", block);
  await new Promise((settle) => setTimeout(settle, 50));
  for (const gateway of [one, two, one, two]) await gateway.poll();
  const { status, body } = await entering;
  expect(status).toBe(201);
  expect(body).toMatchObject({ done: ["eu-1", "eu-2"], failed: [] });
  expect(one.state.overrides).toMatchObject([{ ...block, id: body["id"], by: "operator", expires: null }]);
  const listed = await api.call("viewer", "GET", "/v1/overrides");
  expect(listed.body["overrides"]).toHaveLength(2);
  expect(JSON.stringify(listed.body)).not.toContain("film-17");

  const showing = api.call("operator", "GET", `/v1/overrides/eu-1/${String(body["id"])}`);
  await new Promise((settle) => setTimeout(settle, 50));
  for (let i = 0; i < 2; i++) await one.poll();
  expect((await showing).body).toMatchObject({ gateway: "eu-1", subject: "film-17" });

  const ending = api.call("admin", "DELETE", `/v1/overrides/eu-1/${String(body["id"])}`);
  await new Promise((settle) => setTimeout(settle, 50));
  for (let i = 0; i < 2; i++) await one.poll();
  expect((await ending).body).toMatchObject({ done: ["eu-1"] });
  expect(one.state.overrides).toEqual([]);
  expect(two.state.overrides).toHaveLength(1);
  const { body: trail } = await api.call("viewer", "GET", "/v1/audit?kind=override");
  const entries = trail["entries"] as { action: string; actor: string }[];
  expect(entries.map(({ action, actor }) => `${actor} ${action}`)).toEqual([
    "admin override.end",
    "operator override.enter",
    "operator override.enter",
  ]);
});

test("what no gateway takes is refused, with the reason of the gateway, and a viewer may not ask", async () => {
  const api = await apiInMemory();
  expect(await api.call("viewer", "POST", "/v1/overrides", block)).toMatchObject({ status: 403 });
  expect(await api.call("operator", "POST", "/v1/overrides", block)).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining("no gateway follows this server") as unknown },
  });
  const gateway = gatewayOf(api, "eu-1");
  await gateway.poll();
  const wrong = api.call("operator", "POST", "/v1/overrides", { ...block, model: "rankr" });
  await new Promise((settle) => setTimeout(settle, 50));
  for (let i = 0; i < 2; i++) await gateway.poll();
  const { status, body } = await wrong;
  expect(status).toBe(400);
  expect(body["detail"]).toBe('gateway eu-1: there is no model "rankr"');
  expect(await api.call("operator", "DELETE", "/v1/overrides/eu-1/none")).toMatchObject({ status: 404 });
  expect(gateway.state.overrides).toEqual([]);
});
