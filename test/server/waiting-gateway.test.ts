import { expect, it } from "vitest";
import { apiInMemory } from "./api-in-memory.ts";

it("a gateway that waits for orders gets none once its key is deleted", async () => {
  const { app, keys, call } = await apiInMemory();
  const made = await call("admin", "POST", "/v1/keys", { name: "gw", role: "operator" });
  const poll = (tag: string | null, key: string) =>
    app.inject({
      method: "POST",
      url: "/v1/gateways/eu-1/poll",
      headers: { authorization: `Bearer ${key}` },
      payload: { tag, revision: 0, address: null, problems: [], waitSeconds: 5 },
    });
  const key = String(made.body["key"]);
  const { tag } = (await poll(null, key)).json<{ tag: string }>();
  const waiting = [poll(tag, key), poll(tag, keys.operator)] as const;
  await new Promise((settle) => setTimeout(settle, 50));
  await call("admin", "DELETE", "/v1/keys/gw");
  await call("operator", "POST", "/v1/models/m/versions", { artifact: { kind: "constant", value: 1 } });
  await call("approver", "PUT", "/v1/models/m/aliases/champion", { version: "1" });
  const [deleted, good] = await Promise.all(waiting);
  expect(deleted.statusCode).toBe(401);
  expect(deleted.body).not.toContain("routing");
  expect(good.statusCode).toBe(200);
  expect(good.json()).toMatchObject({ orders: { models: { m: { routing: { champion: "1" } } } } });
});
