import { describe, expect, it } from "vitest";
import { verifyTrail } from "../../src/app/control/verify-trail.ts";
import { type ApiInMemory, apiInMemory } from "./api-in-memory.ts";

const constant = (value: number) => ({ artifact: { kind: "constant", value } });

async function registered(api: ApiInMemory, count: number): Promise<void> {
  for (let i = 1; i <= count; i++) await api.call("operator", "POST", "/v1/models/ranker/versions", constant(i));
}

async function route(api: ApiInMemory, champion: string, reason: string, more: object = {}): Promise<void> {
  const body = { reason, routing: { champion, ...more } };
  expect(await api.call("approver", "PUT", "/v1/models/ranker/routing", body)).toMatchObject({ status: 200 });
}

describe("the registry", () => {
  it("numbers versions, keeps them as they are, and takes the same again as the same", async () => {
    const api = await apiInMemory();
    const post = (body: object) => api.call("operator", "POST", "/v1/models/ranker/versions", body);
    expect(await post(constant(1))).toMatchObject({ status: 201, body: { version: "1", by: "operator" } });
    expect(await post({ ...constant(2), version: "spring" })).toMatchObject({ status: 201 });
    expect(await post(constant(3))).toMatchObject({ status: 201, body: { version: "2" } });
    expect(await post({ ...constant(2), version: "spring" })).toMatchObject({ status: 200 });
    expect(await post({ ...constant(9), version: "spring" })).toMatchObject({
      status: 409,
      body: { code: "CONFLICT" },
    });
    // A request that is sent again because its answer was lost makes nothing new, also without a name.
    expect(await post(constant(3))).toMatchObject({ status: 200, body: { version: "2" } });
    expect(await post({ ...constant(3), configuration: { note: "retrained" } })).toMatchObject({
      body: { version: "3" },
    });
    const near = await api.call("viewer", "GET", "/v1/models/ranker/versions/sprung");
    expect(near).toMatchObject({ status: 404, body: { mend: ["nearest: spring"] } });
    expect(await api.call("viewer", "GET", "/v1/models/rankre")).toMatchObject({ body: { mend: ["nearest: ranker"] } });
  });

  it("needs the file of an artifact before the version", async () => {
    const api = await apiInMemory();
    const artifact = { kind: "onnx", digest: "0".repeat(64), bytes: 3 };
    const early = await api.call("operator", "POST", "/v1/models/ranker/versions", { artifact });
    expect(early).toMatchObject({ status: 404, body: { code: "NOT_FOUND" } });
    const digest = await api.upload(new TextEncoder().encode("abc"));
    expect(digest).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    const body = { artifact: { ...artifact, digest }, aliases: ["challenger"] };
    const version = await api.call("operator", "POST", "/v1/models/ranker/versions", body);
    expect(version).toMatchObject({ status: 201, body: { aliases: ["challenger"], live: false } });
    expect(await api.call("viewer", "GET", "/v1/models/ranker/versions/challenger")).toMatchObject({
      body: { version: "1" },
    });
  });

  it("takes no address that holds a password, which every viewer would see", async () => {
    const api = await apiInMemory();
    const post = (url: string) =>
      api.call("operator", "POST", "/v1/models/ranker/versions", { artifact: { kind: "url", url } });
    expect(await post("https://ada:secret@models.example.org/v2")).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining("holds no user, password or token") },
    });
    expect(await post("file:///etc/passwd")).toMatchObject({ status: 400 });
    expect(await post("https://models.example.org/v2")).toMatchObject({ status: 201 });
  });

  it("lets champion be set once and follow what is live from then on", async () => {
    const api = await apiInMemory();
    await registered(api, 2);
    const set = (role: "operator" | "approver", version: string) =>
      api.call(role, "PUT", "/v1/models/ranker/aliases/champion", { version });
    expect(await set("operator", "1")).toMatchObject({ status: 403 });
    expect(await set("approver", "1")).toMatchObject({ status: 200, body: { aliases: { champion: "1" } } });
    expect(await set("approver", "2")).toMatchObject({ status: 409 });
    await route(api, "2", "agreed");
    expect(await api.call("viewer", "GET", "/v1/models/ranker")).toMatchObject({
      body: { aliases: { champion: "2" } },
    });
  });

  it("says what was live at a time for a cohort, and why, in one query; also when the clock was set back", async () => {
    const api = await apiInMemory();
    await registered(api, 3);
    api.clock.time = Date.parse("2026-11-01T00:00:00Z");
    await route(api, "1", "the first");
    api.clock.time = Date.parse("2026-11-10T00:00:00Z");
    const cohorts = [{ name: "night", where: { hour: [1, 2] }, salt: "t", arms: [{ version: "2", share: 0.25 }] }];
    await route(api, "1", "a trial at night", { cohorts, fallback: ["3"] });
    api.clock.time = Date.parse("2026-11-05T00:00:00Z");
    await route(api, "3", "while the clock was wrong");
    const live = async (at: string, cohort = "all") =>
      (await api.call("viewer", "GET", `/v1/models/ranker/live?at=${at}&cohort=${cohort}`)).body;
    expect(await live("2026-10-31T00:00:00Z")).toMatchObject({ live: false, arms: [] });
    expect(await live("2026-11-03T00:00:00Z")).toMatchObject({
      arms: [{ version: "1", share: 1, as: "champion" }],
      reason: "the first",
      by: "approver",
      since: "2026-11-01T00:00:00.000Z",
    });
    expect(await live("2026-10-31T00:00:00Z", "night")).toMatchObject({ cohorts: [] });
    expect(await live("2026-11-12T00:00:00Z")).toMatchObject({ reason: "while the clock was wrong" });
    const history = (await api.call("viewer", "GET", "/v1/models/ranker/routing")).body["changes"] as {
      routing: object;
    }[];
    expect(history[1]?.routing).toMatchObject({ cohorts: [{ where: { hour: [1, 2] } }] });
  });

  it("refuses a routing that was made for another revision, or names what is not there", async () => {
    const api = await apiInMemory();
    await registered(api, 2);
    await route(api, "1", "the first");
    const change = (routing: object, revision: number | null) =>
      api.call("approver", "PUT", "/v1/models/ranker/routing", { reason: "x", routing, revision });
    expect(await change({ champion: "2" }, 0)).toMatchObject({ status: 409 });
    expect(await change({ champion: "9" }, 1)).toMatchObject({ status: 404 });
    const arms = [
      { version: "2", share: 0.7 },
      { version: "1", share: 0.7 },
    ];
    const cohort = { name: "night", where: null, salt: "t", arms };
    expect(await change({ champion: "1", cohorts: [cohort] }, 1)).toMatchObject({
      status: 400,
      body: { code: "USAGE" },
    });
    const mistyped = { ...cohort, arms: [], where: { hour: { frm: 3 } } };
    expect(await change({ champion: "1", cohorts: [mistyped] }, 1)).toMatchObject({ status: 400 });
    expect(await change({ champion: "2" }, 1)).toMatchObject({ status: 200, body: { revision: 2 } });
    // Sent again because the answer was lost.
    expect(await change({ champion: "2" }, 1)).toMatchObject({ status: 200, body: { revision: 2 } });
  });

  it("walks lineage from data to deployment and back", async () => {
    const api = await apiInMemory();
    const put = (name: string, body: object) => api.call("operator", "POST", `/v1/datasets/${name}/versions`, body);
    await put("raw", { fingerprint: "r1" });
    const sources = [{ name: "raw", fingerprint: "r1" }];
    await put("movies", { fingerprint: "m1", sources, transformation: "make.py" });
    const data = [{ name: "movies", fingerprint: "m1", role: "training" }];
    const body = { ...constant(1), configuration: { data, commit: "5d1c2f0", features: ["age", "hour"] } };
    await api.call("operator", "POST", "/v1/models/ranker/versions", body);
    await route(api, "1", "the first");
    const walk = async (node: string, direction: string) =>
      (await api.call("viewer", "GET", `/v1/lineage?node=${encodeURIComponent(node)}&direction=${direction}`)).body[
        "nodes"
      ];
    expect(await walk("deployment:ranker@1", "up")).toEqual(
      expect.arrayContaining(["version:ranker/1", "dataset:movies@m1", "dataset:raw@r1", "commit:5d1c2f0"]),
    );
    expect(await walk("dataset:raw@r1", "down")).toContain("deployment:ranker@1");
    expect(await walk("dataset:raw@r1", "down")).toEqual(
      expect.arrayContaining(["transformation:movies@m1", expect.stringMatching(/^features:/), "version:ranker/1"]),
    );
    // What was judged on the same bytes hangs on the data set too, whatever the judge called it.
    expect(await walk("dataset:test@m1", "up")).toContain("dataset:raw@r1");
    expect(await walk("version:ranker/champion", "up")).toContain("dataset:raw@r1");
    expect((await api.call("viewer", "GET", "/v1/lineage?node=version:ranker/champoin")).body).toMatchObject({
      mend: ["nearest: champion"],
    });
    expect((await api.call("viewer", "GET", "/v1/lineage?node=version:ranker")).body).toMatchObject({
      mend: ["versions: ranker/1"],
    });
    expect(await walk("commit:5d1c2f0", "up")).toMatchObject({});
    const unknown = await api.call("viewer", "GET", "/v1/lineage?node=version:ranker/9");
    expect(unknown.status).toBe(404);
  });

  it("keeps what is live, referenced, newest or young, says why, and deletes the rest", async () => {
    const api = await apiInMemory();
    await registered(api, 10);
    await route(api, "3", "the first", { fallback: ["2"] });
    await api.call("operator", "PUT", "/v1/models/ranker/aliases/old", { version: "4" });
    const remove = (version: string) => api.call("admin", "DELETE", `/v1/models/ranker/versions/${version}`);
    expect(await remove("1")).toMatchObject({ status: 409, body: { detail: expect.stringContaining("0 days old") } });
    api.clock.time += 31 * 86_400_000;
    for (const [version, reason] of [
      ["2", "it is live"],
      ["4", "the alias old"],
      ["5", "the newest 7 versions"],
    ] as const) {
      expect(await remove(version)).toMatchObject({ status: 409, body: { detail: expect.stringContaining(reason) } });
    }
    expect(await remove("1")).toMatchObject({ status: 200 });
    expect(await api.call("viewer", "GET", "/v1/models/ranker/versions/1")).toMatchObject({ status: 404 });
    // The number of what is gone never stands for something else.
    await api.call("operator", "DELETE", "/v1/models/ranker/aliases/old");
    expect(await api.call("operator", "POST", "/v1/models/ranker/versions", constant(11))).toMatchObject({
      body: { version: "11" },
    });
    const check = await verifyTrail(api.plane.store, api.plane.artifacts, null);
    expect(check).toMatchObject({ sound: true, problems: [] });
  });

  it("does not take fewer than seven kept versions", async () => {
    const api = await apiInMemory();
    const few = await api.call("operator", "PUT", "/v1/models/ranker", { retention: { versions: 6 } });
    expect(few).toMatchObject({ status: 400, body: { code: "USAGE" } });
  });
});
