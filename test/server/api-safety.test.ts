import { connect } from "node:net";
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

  it("says which methods a path takes, where it does not take this one", async () => {
    const { app, keys } = await apiInMemory();
    for (const [method, url, allow] of [
      ["DELETE", "/v1/models", "GET, HEAD"],
      ["POST", "/v1/models/ranker", "GET, HEAD, PUT"],
      ["PATCH", "/v1/keys", "GET, HEAD, POST"],
      ["OPTIONS", "/health", "GET, HEAD"],
      ["GET", "/v1/artifacts", "POST"],
    ] as const) {
      const answer = await app.inject({ method, url, headers: { authorization: `Bearer ${keys.admin}` } });
      expect([answer.statusCode, answer.headers["allow"]], `${method} ${url}`).toEqual([405, allow]);
      expect(answer.headers["content-type"]).toMatch(/^application\/problem\+json/);
    }
  });

  it("takes JSON in UTF-8 as it is, and nothing that would be read as something else", async () => {
    const { app, keys } = await apiInMemory();
    const send = async (payload: Buffer | string, headers: Record<string, string> = {}) => {
      const all = { authorization: `Bearer ${keys.operator}`, "content-type": "application/json", ...headers };
      const answer = await app.inject({ method: "PUT", url: "/v1/models/ranker", headers: all, payload });
      return [answer.statusCode, answer.json<{ detail?: string }>().detail];
    };
    const broken = Buffer.concat([Buffer.from('{"description": "'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
    expect(await send(broken)).toEqual([400, "the body is not text in UTF-8"]);
    expect(await send("{}", { "content-type": "application/json; charset=latin1" })).toEqual([
      415,
      "the body is in latin1; JSON is UTF-8",
    ]);
    expect(await send("{}", { "content-encoding": "gzip" })).toEqual([415, expect.stringContaining("is packed")]);
    expect(await send('{"tags": {"__proto__": "x"}}')).toEqual([400, expect.stringContaining('key "__proto__"')]);
    expect(await send('{"tags": {"a": 1,}}')).toEqual([400, expect.stringMatching(/no JSON: .*position 17/)]);
    expect(await send("{}", { "content-type": "application/json; charset=UTF-8" })).toEqual([200, undefined]);
    expect(await send('{"tags": {"constructor": "a", "toString": "b"}}')).toEqual([200, undefined]);
  });

  it("names every field and parameter that it does not know, with the nearest one, however deep", async () => {
    const { call } = await apiInMemory();
    const put = await call("operator", "PUT", "/v1/models/ranker", {
      columns: { unit: "user", tiem: "t" },
      retention: { version: 8 },
      descripton: "x",
    });
    expect(put).toMatchObject({
      status: 400,
      body: {
        detail:
          'there is no field "columns.tiem"; there is no field "retention.version"; there is no field "descripton"',
        mend: ["nearest: item, time", "nearest: versions", "nearest: description"],
      },
    });
    expect(put.body["errors"]).toContainEqual(expect.objectContaining({ pointer: "/body/columns/tiem" }));
    const version = await call("operator", "POST", "/v1/models/ranker/versions", {
      artifact: { kind: "constant", value: 1 },
      configuration: { threshold: { value: 0.3, lernt: "x" }, data: [{ name: "a", fingerprint: "1", rol: "t" }] },
    });
    expect(version.body["mend"]).toEqual(["nearest: learnt", "nearest: role"]);
    const query = await call("viewer", "GET", "/v1/models?limt=3");
    expect(query).toMatchObject({
      status: 400,
      body: { detail: 'there is no parameter "limt"', mend: ["nearest: limit"] },
    });
    const limit = await call("viewer", "GET", "/v1/audit?limit=abc");
    expect(limit.body["detail"]).toBe('limit is "abc"; it takes a number');
    const kind = await call("operator", "POST", "/v1/models/ranker/versions", { artifact: { kind: "onx" } });
    expect(kind.body["detail"]).toMatch(/^artifact\.kind is "onx"/);
    expect(await call("viewer", "GET", `/v1/audit/verification?sequence=3`)).toMatchObject({ status: 400 });
  });

  it("answers what is no request at all as a problem too", async () => {
    const { app, keys } = await apiInMemory();
    const address = new URL(await app.listen({ host: "127.0.0.1", port: 0 }));
    const raw = (text: string): Promise<string> =>
      new Promise((settle) => {
        const socket = connect(Number(address.port), address.hostname, () => socket.write(text));
        let all = "";
        socket.on("data", (part) => {
          all += String(part);
        });
        socket.on("close", () => settle(all));
        socket.setTimeout(1500, () => socket.destroy());
      });
    const key = `authorization: Bearer ${keys.viewer}`;
    for (const [request, status] of [
      ["nonsense\r\n\r\n", 400],
      [`GET /v1/models HTTP/1.1\r\nhost: a\r\nx: ${"a".repeat(70_000)}\r\n\r\n`, 431],
      ["POST /v1/keys HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", 400],
      [`GET /v1/models HTTP/1.1\r\nhost: a\r\n${key}\r\nexpect: wonders\r\nconnection: close\r\n\r\n`, 417],
    ] as const) {
      const answer = await raw(request);
      expect(answer, request.slice(0, 40)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
      expect(answer.toLowerCase()).toContain("content-type: application/problem+json");
      expect(JSON.parse(/\{.*\}/.exec(answer)?.[0] ?? "{}")).toMatchObject({ status });
    }
    await app.close();
  });

  it("gives lists in pages that join without a gap", async () => {
    const { call } = await apiInMemory();
    for (let i = 0; i < 7; i++) {
      await call("operator", "POST", "/v1/models/ranker/versions", { artifact: { kind: "constant", value: i } });
      await call("operator", "PUT", `/v1/models/m${i}`, {});
      await call("operator", "POST", "/v1/datasets/clicks/versions", { fingerprint: `f${i}` });
    }
    const pages = async (path: string, field: string, name: string): Promise<unknown[]> => {
      const all: unknown[] = [];
      let after: unknown = null;
      do {
        const query = after === null ? "?limit=3" : `?limit=3&after=${String(after)}`;
        const { body } = await call("viewer", "GET", `${path}${query}`);
        const found = body[field] as Record<string, unknown>[];
        expect(found.length).toBeLessThanOrEqual(3);
        all.push(...found.map((one) => one[name]));
        after = body["next"];
      } while (after !== null);
      return all;
    };
    expect(await pages("/v1/models/ranker/versions", "versions", "version")).toEqual([
      "7",
      "6",
      "5",
      "4",
      "3",
      "2",
      "1",
    ]);
    expect(await pages("/v1/models", "models", "name")).toEqual(["ranker", "m0", "m1", "m2", "m3", "m4", "m5", "m6"]);
    expect(await pages("/v1/datasets", "datasets", "fingerprint")).toEqual(["f0", "f1", "f2", "f3", "f4", "f5", "f6"]);
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
    // Another admin whose key has expired is nobody who could make keys.
    const short = { name: "short", role: "admin", expires: "2026-11-23T11:00:00Z" };
    expect((await call("admin", "POST", "/v1/keys", short)).status).toBe(201);
    clock.time = Date.parse("2026-11-23T12:00:00Z");
    expect(await call("admin", "DELETE", "/v1/keys/admin")).toMatchObject({ status: 409 });
    const past = { name: "past", role: "viewer", expires: "2026-11-23T11:59:59Z" };
    expect(await call("admin", "POST", "/v1/keys", past)).toMatchObject({ status: 400, body: { code: "USAGE" } });
  });

  it("refuses pages of other origins, with and without a key, and what a browser says comes from one", async () => {
    const { app, keys } = await apiInMemory();
    const asked = { authorization: `Bearer ${keys.admin}`, host: "localhost" };
    for (const [site, status] of [
      ["cross-site", 403],
      ["same-site", 403],
      ["same-origin", 200],
      ["none", 200],
    ] as const) {
      const answer = await app.inject({
        method: "GET",
        url: "/v1/models",
        headers: { ...asked, "sec-fetch-site": site },
      });
      expect(answer.statusCode, site).toBe(status);
    }
    const headers = { authorization: `Bearer ${keys.admin}`, origin: "https://evil.example", host: "localhost" };
    expect((await app.inject({ method: "GET", url: "/v1/models", headers })).statusCode).toBe(403);
    const own = { ...headers, origin: "http://localhost" };
    expect((await app.inject({ method: "GET", url: "/v1/models", headers: own })).statusCode).toBe(200);
  });
});
