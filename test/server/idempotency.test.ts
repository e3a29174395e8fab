import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, describe, expect, it } from "vitest";
import { createKeptAnswers, openKeptAnswers } from "../../src/adapters/sqlite/kept-answers.ts";
import { openDatabase } from "../../src/adapters/sqlite/open-database.ts";
import type { Role } from "../../src/core/access/roles.ts";
import { type ApiInMemory, apiInMemory } from "./api-in-memory.ts";

const constant = (value: number) => ({ artifact: { kind: "constant", value } });
const url = "/v1/models/m/versions";

/** A POST with an idempotency key. */
async function post(api: ApiInMemory, key: string | null, body: unknown, path = url, role: Role = "operator") {
  const answer = await api.app.inject({
    method: "POST",
    url: path,
    headers: {
      authorization: `Bearer ${api.keys[role]}`,
      "content-type": "application/json",
      ...(key === null ? {} : { "idempotency-key": key }),
    },
    payload: JSON.stringify(body),
  });
  const { statusCode: status, headers } = answer;
  return { status, replayed: headers["idempotency-replayed"], text: answer.body, type: headers["content-type"] };
}

const versions = async ({ call }: ApiInMemory): Promise<number> =>
  ((await call("viewer", "GET", url)).body["versions"] as unknown[] | undefined)?.length ?? 0;

/** Version 2 answers, and 1 did before. */
async function live(given?: ApiInMemory): Promise<ApiInMemory> {
  const api = given ?? (await apiInMemory());
  await post(api, null, constant(1));
  await post(api, null, constant(2));
  await api.call("approver", "PUT", "/v1/models/m/aliases/champion", { version: "1" });
  await api.call("approver", "PUT", "/v1/models/m/routing", { reason: "x", routing: { champion: "2" } });
  return api;
}

const head = async ({ plane }: ApiInMemory): Promise<number> =>
  (await plane.store.read((state) => state.auditHead())).sequence;

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

describe("a change that is sent again with the same idempotency key", () => {
  it("is done once, and gets the same answer, byte by byte; without one it is done again", async () => {
    const api = await live();
    const first = await post(api, "k1", { reason: "x", to: "1" }, "/v1/models/m/rollback");
    expect(first).toMatchObject({ status: 200, replayed: undefined });
    expect(JSON.parse(first.text)).toMatchObject({ from: "2", to: "1", changed: true });
    const done = await head(api);
    // The order of fields and quotes around the key make no other request.
    const again = await post(api, '"k1"', { to: "1", reason: "x" }, "/v1/models/m/rollback");
    expect(again).toEqual({ ...first, replayed: "true" });
    expect(await head(api)).toBe(done);
    for (const key of ["k2", null]) {
      const other = await post(api, key, { reason: "x", to: "1" }, "/v1/models/m/rollback");
      expect(JSON.parse(other.text)).toMatchObject({ changed: false });
    }
  });

  it("is refused with 422 where it is another body or another path", async () => {
    const api = await apiInMemory();
    await post(api, "k", constant(1));
    for (const answer of [
      await post(api, "k", constant(2)),
      await post(api, "k", constant(1), "/v1/models/n/versions"),
    ]) {
      expect(answer.status).toBe(422);
      expect(answer.text).toContain("another request before");
    }
    expect(await versions(api)).toBe(1);
  });

  it("is another's where another's key of access asks", async () => {
    const api = await apiInMemory();
    await post(api, "k", constant(1));
    expect(await post(api, "k", constant(2), url, "approver")).toMatchObject({ status: 201, replayed: undefined });
    expect((await post(api, "k", constant(1), url, "viewer")).status).toBe(403);
  });

  it("is told that it is under way while the first one is, and then what was done", async () => {
    const api = await live();
    const ask = () => post(api, "k", { reason: "x", to: "1" }, "/v1/models/m/rollback");
    const gate = Promise.withResolvers<void>();
    const held = api.plane.store.change({ name: "ada", role: "admin" }, () => gate.promise);
    const first = ask();
    let second = await ask();
    while (second.status !== 409) second = await ask();
    expect(second.text).toContain("under way");
    gate.resolve();
    await held;
    expect(JSON.parse((await first).text)).toMatchObject({ changed: true });
    expect(await ask()).toEqual({ ...(await first), replayed: "true" });
  });

  it("may be mended and sent again where it was refused: nothing was done", async () => {
    const api = await apiInMemory();
    const rollback = () => post(api, "k", { reason: "x" }, "/v1/models/m/rollback");
    expect((await rollback()).status).toBe(404);
    await live(api);
    expect((await rollback()).status).toBe(200);
    // Not back and forth: what was done once is not done again.
    await api.call("approver", "PUT", "/v1/models/m/routing", { reason: "x", routing: { champion: "2" } });
    expect(await rollback()).toMatchObject({ status: 200, replayed: "true" });
    expect((await api.call("viewer", "GET", "/v1/models/m/live")).body["arms"]).toMatchObject([{ version: "2" }]);
  });

  it("is forgotten after a day", async () => {
    const api = await apiInMemory();
    await post(api, "k", constant(1));
    api.clock.time += 23 * 3_600_000;
    expect((await post(api, "k", constant(1))).replayed).toBe("true");
    api.clock.time += 2 * 3_600_000;
    expect((await post(api, "k", constant(2))).status).toBe(201);
  });

  it("gets its answer from a server that was started again; what was cut off is not done a second time unseen", async () => {
    const folder = mkdtempSync(join(tmpdir(), "umpire-answers-"));
    folders.push(folder);
    const path = join(folder, "answers.db");
    const open = async () => {
      const database = openDatabase(path);
      return { api: await apiInMemory({ answers: createKeptAnswers(database, path) }), database };
    };
    const before = await open();
    const first = await post(before.api, "k", constant(1));
    await post(before.api, "cut", constant(7));
    before.database.exec("update answers set status = null where rowid = 2");
    before.database.close();
    const after = await open();
    expect(await post(after.api, "k", constant(1))).toEqual({ ...first, replayed: "true" });
    const cut = await post(after.api, "cut", constant(7));
    expect(cut.status).toBe(409);
    expect(cut.text).toMatch(/whether it was done is not known.*\/v1\/audit/);
    expect(await versions(after.api)).toBe(0);
    after.database.close();
  });

  it("says which file is damaged, and what deleting it means", () => {
    const folder = mkdtempSync(join(tmpdir(), "umpire-answers-"));
    folders.push(folder);
    writeFileSync(join(folder, "answers.db"), "this is no database, and longer than the head of one ".repeat(40));
    expect(() => openKeptAnswers(folder)).toThrow(
      expect.objectContaining({ code: "STATE", mend: [expect.stringMatching(/^delete .*answers\.db/)] }) as Error,
    );
  });

  it("keeps no more than so many, the newest", () => {
    const answers = createKeptAnswers(new DatabaseSync(":memory:"), ":memory:");
    for (let i = 0; i < 10_003; i++) answers.claim(`id${i}`, "r", 0);
    expect(answers.claim("id10002", "r", 0).state).toBe("under-way");
    expect(answers.claim("id0", "r", 0).state).toBe("new");
  });

  it("takes no key that is none, and keeps no answer that holds a secret", async () => {
    const api = await apiInMemory();
    for (const key of ["", "a b", "é", "x".repeat(256)]) expect((await post(api, key, constant(1))).status).toBe(400);
    expect(await versions(api)).toBe(0);
    const made = await post(api, "k", { name: "ci", role: "viewer" }, "/v1/keys", "admin");
    expect(made.status).toBe(400);
    expect(made.text).toContain("shown once");
    expect(((await api.call("admin", "GET", "/v1/keys")).body["keys"] as unknown[]).length).toBe(4);
  });

  it("is described at every route that does something, and at no other", async () => {
    const { app } = await apiInMemory();
    const paths = app.swagger().paths as Record<
      string,
      Record<string, { operationId: string; parameters?: { name: string }[] }>
    >;
    const described = Object.values(paths)
      .flatMap((operations) => Object.values(operations))
      .filter(({ parameters = [] }) => parameters.some(({ name }) => name === "idempotency-key"))
      .map(({ operationId }) => operationId);
    const expected =
      "registerVersion attachVerdict registerDataset startRelease approveRelease holdRelease resumeRelease advanceRelease rollBack snoozeAlert resolveAlert enterOverride lookNow retrain runSchedule";
    expect(described.toSorted()).toEqual(expected.split(" ").toSorted());
  });
});
