import { describe, expect, it } from "vitest";
import type { Role } from "../../src/core/access/roles.ts";
import { apiInMemory } from "./api-in-memory.ts";

/** Versions 1 and 2 answered everyone, 1 does now; 3 never did. */
async function three() {
  const api = await apiInMemory();
  for (const value of [1, 2, 3])
    await api.call("operator", "POST", "/v1/models/m/versions", { artifact: { kind: "constant", value } });
  await api.call("approver", "PUT", "/v1/models/m/aliases/champion", { version: "1" });
  const route = (champion: string, more: object = {}) =>
    api.call("approver", "PUT", "/v1/models/m/routing", { reason: "by hand", routing: { champion, ...more } });
  await route("2");
  await route("1");
  return { ...api, route };
}

describe("an operator, who may not let a version into production,", () => {
  it("rolls back to what answered everyone before, and to nothing that never did: that is an approver's", async () => {
    const { call } = await three();
    const back = (role: "operator" | "approver", body: object) =>
      call(role, "POST", "/v1/models/m/rollback", { reason: "trouble", ...body });
    await call("operator", "PUT", "/v1/models/m/aliases/innocent", { version: "3" });
    for (const to of ["3", "innocent"]) {
      const refused = await back("operator", { to });
      expect(refused).toMatchObject({ status: 403, body: { code: "ROLE" } });
      expect(refused.body["detail"]).toMatch(/version 3 never answered everyone.*approver/);
    }
    expect(await call("viewer", "GET", "/v1/models/m/live")).toMatchObject({ body: { arms: [{ version: "1" }] } });
    expect(await back("operator", { to: "2" })).toMatchObject({ status: 200, body: { changed: true, to: "2" } });
    expect(await back("approver", { to: "3" })).toMatchObject({ status: 200, body: { changed: true, to: "3" } });
  });

  it("rolls a cohort back to what answered all of it before, and to nothing else", async () => {
    const { call, route } = await three();
    const cohort = (version: string, share: number) => ({
      cohorts: [{ name: "night", where: { hour: 1 }, salt: "s", arms: [{ version, share }] }],
    });
    await route("1", cohort("3", 0.1));
    const back = () =>
      call("operator", "POST", "/v1/models/m/rollback", { reason: "trouble", to: "3", cohort: "night" });
    expect(await back()).toMatchObject({ status: 403 });
    await route("1", cohort("3", 1));
    await route("1", cohort("2", 1));
    expect(await back()).toMatchObject({ status: 200, body: { to: "3", changed: true } });
    const all = await call("operator", "POST", "/v1/models/m/rollback", { reason: "trouble", to: "3" });
    expect(all.status).toBe(403);
  });

  it("puts no version that never answered everyone beside the champion as an arm of a test or as the standing share", async () => {
    const { call } = await three();
    for (const wish of [
      { release: { form: "ab", shares: [0.2] }, arms: { "3": 0.5 } },
      { release: { standing: { version: "3", share: 0.05 } } },
    ]) {
      const body = { challenger: "2", ...wish };
      const refused = await call("operator", "POST", "/v1/models/m/release", body);
      expect(refused).toMatchObject({ status: 403, body: { code: "ROLE" } });
      // A plan starts nothing.
      expect(await call("operator", "POST", "/v1/models/m/release/plan", body)).toMatchObject({ status: 200 });
      expect(await call("approver", "POST", "/v1/models/m/release", body)).toMatchObject({ status: 201 });
      await call("operator", "POST", "/v1/models/m/rollback", { reason: "enough", to: "1" });
    }
  });
});

it("a plan says where nobody who may approve has a key, and no longer once somebody has", async () => {
  const { call } = await three();
  const plan = async (approve: readonly string[]): Promise<string> => {
    const body = { challenger: "2", release: { stages: [{ cohort: "everyone", approve }] } };
    return JSON.stringify((await call("operator", "POST", "/v1/models/m/release/plan", body)).body["notes"]);
  };
  expect(await plan(["zoe", "ida"])).toContain("nobody can approve everyone yet: zoe, ida has no key");
  await call("admin", "POST", "/v1/keys", { name: "ida", role: "operator" });
  expect(await plan(["ida"])).toContain("nobody can approve everyone yet: ida");
  await call("admin", "POST", "/v1/keys", { name: "zoe", role: "approver" });
  expect(await plan(["zoe", "ida"])).not.toContain("nobody");
});

describe("a release that takes a second person", () => {
  it("is opened neither by who registered the challenger nor by who started it, in no way, but by another", async () => {
    const { call } = await apiInMemory();
    const register = (role: Role, value: number) =>
      call(role, "POST", "/v1/models/m/versions", { artifact: { kind: "constant", value } });
    await register("operator", 1);
    await call("approver", "PUT", "/v1/models/m/aliases/champion", { version: "1" });
    const release = { second_person: true, shadow: false, form: "blue-green" };
    // Registered by one approver, started by the other, who consents in advance: it asks all the same.
    await register("admin", 2);
    const wish = { challenger: "2", release, consent: true };
    const started = await call("approver", "POST", "/v1/models/m/release", wish);
    expect(started).toMatchObject({ status: 201, body: { phase: "asking" } });
    const { evidence } = started.body["question"] as { evidence: string };
    for (const role of ["admin", "approver"] as const) {
      for (const [kind, body] of [
        ["approve", { evidence }],
        ["advance", { reason: "now", consent: ["everyone"] }],
      ] as const) {
        const refused = await call(role, "POST", `/v1/models/m/release/${kind}`, body);
        expect(refused).toMatchObject({ status: 409, body: { code: "CONFLICT" } });
        expect(refused.body["detail"]).toMatch(/second person, and admin and approver registered or started it/);
      }
    }
    expect(await call("viewer", "GET", "/v1/models/m/live")).toMatchObject({ body: { arms: [{ version: "1" }] } });
    // Whoever it is, the brake works.
    await call("approver", "POST", "/v1/models/m/rollback", { reason: "again", to: "1" });
    await register("operator", 3);
    const other = await call("approver", "POST", "/v1/models/m/release", { challenger: "3", release });
    const again = (other.body["question"] as { evidence: string }).evidence;
    const approved = await call("admin", "POST", "/v1/models/m/release/approve", { evidence: again });
    expect(approved).toMatchObject({ status: 200 });
    expect(await call("viewer", "GET", "/v1/models/m/live")).toMatchObject({ body: { arms: [{ version: "3" }] } });
  });

  it("is none where the policy does not ask for it", async () => {
    const { call } = await three();
    const release = { shadow: false, form: "blue-green" };
    const started = await call("approver", "POST", "/v1/models/m/release", { challenger: "3", release, consent: true });
    expect(started).toMatchObject({ status: 201, body: { phase: "stage", question: null } });
  });
});
