import { describe, expect, it } from "vitest";
import { apiInMemory } from "./api-in-memory.ts";

describe("the HTTP interface of the server", () => {
  it("answers what does not fit as a problem of RFC 9457, with a code of the registry and the place", async () => {
    const { app, keys } = await apiInMemory();
    const answer = await app.inject({
      method: "POST",
      url: "/v1/models/ranker/versions",
      headers: { authorization: `Bearer ${keys.operator}` },
      payload: { artifact: { kind: "constant" }, colour: "red" },
    });
    expect(answer.statusCode).toBe(400);
    expect(answer.headers["content-type"]).toMatch(/^application\/problem\+json/);
    const problem = answer.json<{ code: string; type: string; status: number; errors: { pointer: string }[] }>();
    expect(problem).toMatchObject({ code: "USAGE", type: "urn:umpire:failure:USAGE", status: 400 });
    expect(problem.errors.map((error) => error.pointer)).toContain("/body/artifact/value");
  });

  it("maps what the framework refuses to our own codes, and never answers 500 to a broken request", async () => {
    const { app, keys, bugs } = await apiInMemory();
    const send = async (payload: string | Buffer, type: string, url = "/v1/models/ranker/versions") => {
      const headers = { authorization: `Bearer ${keys.operator}`, "content-type": type };
      const answer = await app.inject({ method: "POST", url, headers, payload });
      return [answer.statusCode, answer.json<{ code: string }>().code];
    };
    expect(await send("{", "application/json")).toEqual([400, "USAGE"]);
    expect(await send("", "application/json")).toEqual([400, "USAGE"]);
    expect(await send('{"__proto__": {"x": 1}}', "application/json")).toEqual([400, "USAGE"]);
    expect(await send("x", "text/plain")).toEqual([415, "USAGE"]);
    expect(await send(`{"artifact": "${"x".repeat(200_000)}"}`, "application/json")).toEqual([413, "TOO_LARGE"]);
    expect(await send(`${"[".repeat(20_000)}${"]".repeat(20_000)}`, "application/json")).toEqual([400, "USAGE"]);
    expect(await send("x", "application/octet-stream")).toEqual([400, "USAGE"]);
    expect(await send(Buffer.alloc(2_000_000), "application/octet-stream", "/v1/artifacts")).toEqual([
      413,
      "TOO_LARGE",
    ]);
    expect(await send("{}", "application/json", "/v1/models/%E0%A4%A/versions")).toEqual([400, "USAGE"]);
    expect(await send("{}", "application/json", `/v1/models/${"x".repeat(301)}/versions`)).toEqual([400, "USAGE"]);
    expect(await send("{}", "application/json", "/v1/models/..%2f..%2fetc/versions")).toEqual([400, "USAGE"]);
    expect(await send("{}", "application/json", "/v1/nowhere")).toEqual([404, "NOT_FOUND"]);
    expect(bugs).toEqual([]);
  });

  it("never lets a key into the log, an answer or the state", async () => {
    const lines: string[] = [];
    const { app, keys, plane, call } = await apiInMemory({ log: { write: (line) => void lines.push(line) } });
    const { body } = await call("admin", "POST", "/v1/keys", { name: "ci", role: "operator" });
    const key = String(body["key"]);
    expect(key).toMatch(/^umpire_[\w-]{43}$/);
    await app.inject({ method: "GET", url: "/v1/models", headers: { "x-api-key": key } });
    await app.inject({
      method: "GET",
      url: "/v1/models",
      headers: { authorization: "Bearer umpire_wrong-and-secret" },
    });
    const list = await call("admin", "GET", "/v1/keys");
    const trail = await call("viewer", "GET", "/v1/audit?limit=1000");
    const stored = await plane.store.read((state) => state.list("key"));
    const everything = JSON.stringify([lines, list, trail, stored]);
    for (const secret of [key, ...Object.values(keys), "wrong-and-secret"]) expect(everything).not.toContain(secret);
    expect(lines.length).toBeGreaterThan(3);
  });

  it("takes a key no longer once it is deleted or has expired, and keeps the last admin's", async () => {
    const { app, call, clock } = await apiInMemory();
    const made = await call("admin", "POST", "/v1/keys", {
      name: "ci",
      role: "viewer",
      expires: "2026-11-23T11:00:00Z",
    });
    const status = async (): Promise<number> => {
      const headers = { authorization: `Bearer ${String(made.body["key"])}` };
      return (await app.inject({ method: "GET", url: "/v1/models", headers })).statusCode;
    };
    expect(await status()).toBe(200);
    clock.time = Date.parse("2026-11-23T11:00:00Z");
    expect(await status()).toBe(401);
    clock.time = Date.parse("2026-11-23T10:30:00Z");
    expect(await status()).toBe(200);
    await call("admin", "DELETE", "/v1/keys/ci");
    expect(await status()).toBe(401);
    expect(await call("admin", "DELETE", "/v1/keys/admin")).toMatchObject({ status: 409, body: { code: "CONFLICT" } });
  });

  it("refuses pages of other origins, with and without a key", async () => {
    const { app, keys } = await apiInMemory();
    const headers = { authorization: `Bearer ${keys.admin}`, origin: "https://evil.example", host: "localhost" };
    expect((await app.inject({ method: "GET", url: "/v1/models", headers })).statusCode).toBe(403);
    const own = { ...headers, origin: "http://localhost" };
    expect((await app.inject({ method: "GET", url: "/v1/models", headers: own })).statusCode).toBe(200);
  });
});
