import { describe, expect, it } from "vitest";
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
