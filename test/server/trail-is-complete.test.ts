import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runServer } from "../../src/entrypoints/api/run-server.ts";
import { apiInMemory } from "./api-in-memory.ts";

const base = mkdtempSync(join(tmpdir(), "umpire-complete-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));

interface Entry {
  readonly actor: string;
  readonly role: string;
  readonly action: string;
  readonly id: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

describe("the audit trail", () => {
  it("has who did it and what it was for every kind of change of the interface", async () => {
    const api = await apiInMemory();
    const done = async (
      role: "operator" | "approver" | "admin",
      method: "POST" | "PUT" | "DELETE",
      url: string,
      body: object | undefined,
      action: string,
      id: string,
    ): Promise<void> => {
      const head = await api.plane.store.read((state) => state.auditHead());
      const answer = await api.call(role, method, url, body);
      expect(answer.status, `${method} ${url} ${JSON.stringify(answer.body)}`).toBeLessThan(300);
      const { body: after } = await api.call("viewer", "GET", `/v1/audit?after=${head.sequence}`);
      const found = (after["entries"] as Entry[]).find((entry) => entry.action === action);
      expect(found, `${method} ${url}`).toMatchObject({ actor: role, role, id });
    };
    const versions = "/v1/models/m/versions";
    await done("operator", "PUT", "/v1/models/m", {}, "model.create", "m");
    await done("operator", "PUT", "/v1/models/m", { owner: "ada" }, "model.change", "m");
    for (const value of [1, 2]) {
      const body = { artifact: { kind: "constant", value } };
      await done("operator", "POST", versions, body, "version.register", `m/${value}`);
    }
    await done("operator", "PUT", "/v1/models/m/aliases/spare", { version: "1" }, "alias.set", "m");
    await done("operator", "DELETE", "/v1/models/m/aliases/spare", undefined, "alias.remove", "m");
    await done("approver", "PUT", "/v1/models/m/aliases/champion", { version: "1" }, "routing.change", "m@1");
    const routing = { reason: "agreed", routing: { champion: "2" } };
    await done("approver", "PUT", "/v1/models/m/routing", routing, "routing.change", "m@2");
    const back = { to: "1", reason: "wrong answers" };
    await done("operator", "POST", "/v1/models/m/rollback", back, "routing.change", "m@3");
    await done("operator", "PUT", `${versions}/1/attachments/card`, { content: "x" }, "attachment.put", "m/1/card");
    await done("operator", "POST", "/v1/datasets/d/versions", { fingerprint: "1" }, "dataset.register", "d@1");
    const schedule = { cron: "0 5 * * *", job: "count" };
    await done("operator", "PUT", "/v1/schedules/s", schedule, "schedule.put", "s");
    await done("operator", "POST", "/v1/schedules/s/run", undefined, "schedule.start", "s");
    await done("operator", "DELETE", "/v1/schedules/s", undefined, "schedule.delete", "s");
    await done("admin", "POST", "/v1/keys", { name: "ci", role: "viewer" }, "key.create", "ci");
    await done("admin", "DELETE", "/v1/keys/ci", undefined, "key.delete", "ci");
    const trail = JSON.stringify((await api.call("viewer", "GET", "/v1/audit?limit=1000")).body);
    expect(trail).toContain("wrong answers");
  });

  it("hears of overrides that were entered at a gateway, when they ended, and not whose data they are about", async () => {
    const api = await apiInMemory();
    const poll = (overrides: object[] | undefined) =>
      api.call("operator", "POST", "/v1/gateways/eu-1/poll", { waitSeconds: 0, ...(overrides ? { overrides } : {}) });
    const entries = async () =>
      ((await api.call("viewer", "GET", "/v1/audit?kind=override")).body["entries"] as Entry[]).map(
        ({ action, id, detail }) => [action, id, detail["reason"]],
      );
    const block = { id: "o1", kind: "block", model: null, expires: null, reason: "recalled", by: "ada" };
    expect((await poll([block])).status).toBe(200);
    await poll([block]);
    await poll(undefined);
    expect(await entries()).toEqual([["override.enter", "eu-1/o1", "block: recalled (ada)"]]);
    await poll([]);
    expect(await entries()).toEqual([
      ["override.end", "eu-1/o1", "block: recalled (ada)"],
      ["override.enter", "eu-1/o1", "block: recalled (ada)"],
    ]);
  });

  it("says which policy the server works by, when that changes, and nothing of its text", async () => {
    const policy = join(base, "umpire.yaml");
    const text = (more: string): string => `model: m
task: binary
data: { test: rows.csv }
columns: { label: hit }
models: { champion: { column: a }, challenger: { column: b } }
${more}`;
    const start = async (policies: readonly string[]): Promise<(readonly [string, string])[]> => {
      const server = await runServer({
        folder: join(base, "state"),
        predictions: join(base, "predictions"),
        host: "127.0.0.1",
        port: 0,
        log: null,
        tell: () => undefined,
        onBug: (error) => console.error(error),
        watch: { policies, log: null, workingDirectory: base },
      });
      const { entries } = (await (await fetch(`${server.address}/v1/audit?kind=policy`)).json()) as {
        entries: Entry[];
      };
      await server.stop();
      return entries.map(({ action, detail }) => [action, String(detail["reason"])] as const);
    };
    writeFileSync(policy, text("# one"));
    await start([policy]);
    expect(await start([policy])).toEqual([
      ["policy.use", expect.stringMatching(/^umpire\.yaml, SHA-256 [0-9a-f]{16}$/)],
    ]);
    writeFileSync(policy, text("# two"));
    expect((await start([policy])).map(([action]) => action)).toEqual(["policy.use", "policy.use"]);
    expect((await start([])).map(([action]) => action)).toEqual(["policy.end", "policy.use", "policy.use"]);
  });
});
