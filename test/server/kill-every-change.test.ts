import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { verifyTrail } from "../../src/app/control/verify-trail.ts";
import { openControlPlane } from "../../src/composition/control-plane.ts";
import { createRandom } from "../../src/core/statistics/random.ts";

const folder = mkdtempSync(join(tmpdir(), "umpire-kill-"));
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

const script = resolve(import.meta.dirname, "../../bin/umpire.cjs");

function startServer(): Promise<{ readonly child: ChildProcess; readonly address: string }> {
  const child = spawn(process.execPath, [script, "server", "--state", folder, "--port", "0"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  children.push(child);
  return new Promise((settle, fail) => {
    child.once("exit", (code) => fail(new Error(`the server ended with ${code}`)));
    child.stdout?.on("data", (text) => {
      const [, address] = /listening on (\S+);/.exec(String(text)) ?? [];
      if (address !== undefined) settle({ child, address });
    });
  });
}

interface Change {
  readonly kind: string;
  readonly request: (n: number) => readonly [method: string, path: string, body: unknown];
  /** The number of the newest change of this kind that the server still knows. */
  readonly known: (get: (path: string) => Promise<Record<string, unknown>>) => Promise<number>;
}

const versions = "/v1/models/m/versions";
const constant = (value: number) => ({ artifact: { kind: "constant", value }, version: `v${value}` });
const routing = (n: number) => ({
  reason: String(n),
  routing: { champion: "v0", shadows: [{ version: "v1", sample: 1 / (n + 1) }] },
});

/** One of each kind of change; each carries its number. */
const changes: readonly Change[] = [
  {
    kind: "model",
    request: (n) => ["PUT", "/v1/models/other", { description: String(n) }],
    known: async (get) => Number((await get("/v1/models/other"))["description"]),
  },
  {
    kind: "version",
    request: (n) => ["POST", versions, constant(n)],
    known: async (get) =>
      Math.max(
        ...((await get(`${versions}?limit=1000`))["versions"] as { version: string }[]).map((one) =>
          Number(one.version.slice(1)),
        ),
      ),
  },
  {
    kind: "routing",
    request: (n) => ["PUT", "/v1/models/m/routing", routing(n)],
    known: async (get) =>
      Number(((await get("/v1/models/m/routing?limit=1"))["changes"] as { reason: string }[])[0]?.reason ?? -1),
  },
  {
    kind: "dataset",
    request: (n) => ["POST", "/v1/datasets/d/versions", { fingerprint: String(n) }],
    known: async (get) =>
      Math.max(
        ...((await get("/v1/datasets?limit=1000"))["datasets"] as { fingerprint: string }[]).map((one) =>
          Number(one.fingerprint),
        ),
      ),
  },
  {
    kind: "attachment",
    request: (n) => ["PUT", `${versions}/v0/attachments/card`, { content: n }],
    known: async (get) => Number((await get(`${versions}/v0/attachments/card`))["content"]),
  },
  {
    kind: "schedule",
    request: (n) => ["PUT", "/v1/schedules/s", { cron: "0 5 * * *", job: "verify-trail", parameters: { n } }],
    known: async (get) => {
      const [first] = (await get("/v1/schedules"))["schedules"] as { parameters: { n: number } }[];
      return first?.parameters.n ?? -1;
    },
  },
  {
    kind: "key",
    request: (n) => ["POST", "/v1/keys", { name: `k${n}`, role: "viewer" }],
    known: async (get) => newest((await get("/v1/keys"))["keys"], (key: { name: string }) => key.name),
  },
  {
    kind: "override",
    request: (n) => ["POST", "/v1/gateways/one/poll", { ...poll, overrides: [{ ...block, id: `o${n}` }] }],
    known: async (get) => newest((await get("/v1/overrides"))["overrides"], (one: { id: string }) => one.id),
  },
  {
    // A gateway that is ahead of the state is an alarm of its own.
    kind: "alarm",
    request: (n) => ["POST", `/v1/gateways/g${n}/poll`, { ...poll, revision: 1_000_000 }],
    known: async (get) => newest((await get(alarms))["alerts"], (alert: { key: string }) => alert.key.split("/")[1]!),
  },
  {
    kind: "snooze",
    request: (n) => ["POST", "/v1/alerts/snooze", { key: "server:older-state/a0", minutes: 10 * n }],
    known: async (get) => {
      const found = (await get(alarms))["alerts"] as { key: string; snoozedUntil: string | null }[];
      const until = found.find(({ key }) => key === "server:older-state/a0")?.snoozedUntil;
      return Math.ceil((Date.parse(until ?? "") - Date.now()) / 600_000);
    },
  },
];

const poll = { waitSeconds: 0 };
const block = { kind: "block", model: null, expires: null, reason: "a test", by: "ann" };
const alarms = "/v1/alerts?limit=1000";

/** The largest of the numbers that names hold after their first letter. */
function newest<T>(list: unknown, nameOf: (one: T) => string): number {
  return Math.max(-1, ...(list as T[]).map((one) => Number(nameOf(one).slice(1))).filter((n) => !Number.isNaN(n)));
}

describe("a server that is killed at any moment of any change", () => {
  it("knows every change that it acknowledged, none by half, and its trail tells the same", async () => {
    const random = createRandom(20261127);
    const acknowledged = new Map<string, number>();
    let key: string | null = null;
    let n = 2;
    for (let round = 0; round < 8; round++) {
      const { child, address } = await startServer();
      const send = async (method: string, path: string, body: unknown): Promise<number> => {
        const headers = { "content-type": "application/json", ...keyed() };
        return (await fetch(address + path, { method, body: JSON.stringify(body), headers })).status;
      };
      const keyed = (): Record<string, string> => (key === null ? {} : { authorization: `Bearer ${key}` });
      const get = async (path: string) =>
        (await (await fetch(address + path, { headers: keyed() })).json()) as Record<string, unknown>;
      if (round === 0) {
        const body = JSON.stringify({ name: "root", role: "admin" });
        const made = await fetch(`${address}/v1/keys`, {
          method: "POST",
          body,
          headers: { "content-type": "application/json" },
        });
        key = ((await made.json()) as { key: string }).key;
        await send("POST", "/v1/gateways/a0/poll", { ...poll, revision: 1_000_000 });
        for (const value of [0, 1]) await send("POST", versions, constant(value));
      }
      for (const { kind, known } of changes) {
        const least = acknowledged.get(kind);
        // The one under way may have come through, or not; never one before the last that was acknowledged.
        if (least !== undefined) expect(await known(get), kind).toBeGreaterThanOrEqual(least);
      }
      let gone = false;
      const work = (async () => {
        for (let i = 0; !gone; i++) {
          const { kind, request } = changes[i % changes.length]!;
          const mine = n++;
          try {
            const status = await send(...request(mine));
            expect([200, 201], `${kind} ${mine}`).toContain(status);
            acknowledged.set(kind, mine);
          } catch (error) {
            if (!(error instanceof TypeError)) throw error;
            return;
          }
        }
      })();
      await new Promise((settle) => setTimeout(settle, 20 + 250 * random.next()));
      gone = true;
      child.kill("SIGKILL");
      await work;
    }
    expect(acknowledged.size).toBe(changes.length);
    const plane = await openControlPlane(folder, "a test", () => undefined);
    expect(await verifyTrail(plane.store, plane.artifacts, null)).toMatchObject({ sound: true, problems: [] });
    await plane.close();
  });
});
