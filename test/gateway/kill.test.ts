import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { SegmentLog } from "../../src/adapters/prediction-log/segment-log.ts";

const command = fileURLToPath(new URL("../../bin/umpire.cjs", import.meta.url));

function start(folder: string, mode: string): Promise<{ child: ChildProcess; url: string }> {
  const config = fileURLToPath(new URL("./constant-model.yaml", import.meta.url));
  const child = spawn(
    process.execPath,
    [command, "gateway", config, "--port", "0", "--json", "--out", folder, "--log-mode", mode],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  return new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`the gateway ended with ${code}`)));
    child.stdout!.on("data", (chunk: Buffer) => {
      const found = /"address":\s*"([^"]+)"/.exec(chunk.toString("utf8"));
      if (found !== null) resolve({ child, url: found[1]! });
    });
  });
}

/** Sends predictions until the gateway dies. @returns the ids whose answers came */
async function load(url: string, clients: number): Promise<string[]> {
  const acknowledged: string[] = [];
  const client = async (): Promise<void> => {
    for (;;) {
      try {
        const response = await fetch(`${url}/v1/models/m/predict`, { method: "POST", body: '{"record":{"x":1}}' });
        const { id } = (await response.json()) as { id: string };
        acknowledged.push(id);
      } catch {
        return;
      }
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return acknowledged;
}

function kept(folder: string): Set<string> {
  const closed = join(folder, "predictions", "closed");
  const ids = readdirSync(closed).flatMap((name) =>
    readFileSync(join(closed, name), "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => (JSON.parse(line) as { id: string }).id),
  );
  return new Set(ids);
}

for (const mode of ["durable", "written", "early"]) {
  test(`${mode}: after kill -9 under load every kept line is whole${mode === "early" ? "" : ", and nothing that was acknowledged is lost"}`, async () => {
    const folder = mkdtempSync(join(tmpdir(), "umpire-kill-"));
    try {
      for (let round = 0; round < 2; round++) {
        const { child, url } = await start(folder, mode);
        const ended = new Promise((resolve) => child.once("exit", resolve));
        setTimeout(() => child.kill("SIGKILL"), 400 + 150 * round);
        const acknowledged = await load(url, 16);
        await ended;
        // Recovers as the next start would.
        const log = new SegmentLog({ folder: join(folder, "predictions"), mode: "written" });
        await log.close();
        const ids = kept(folder);
        const lost = acknowledged.filter((id) => !ids.has(id)).length;
        expect(acknowledged.length).toBeGreaterThan(50);
        expect(lost).toBeLessThanOrEqual(mode === "early" ? acknowledged.length : 0);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

test("after kill -9 every override that was acknowledged is in force, and every one that was withdrawn is gone", async () => {
  const folder = mkdtempSync(join(tmpdir(), "umpire-kill-"));
  try {
    const there = new Map<string, boolean>();
    let n = 0;
    for (let round = 0; round < 4; round++) {
      const { child, url } = await start(folder, "written");
      const ended = new Promise((resolve) => child.once("exit", resolve));
      const { overrides } = (await (await fetch(`${url}/v1/overrides`)).json()) as { overrides: { id: string }[] };
      const ids = new Set(overrides.map(({ id }) => id));
      for (const [id, wanted] of there) expect(ids.has(id), id).toBe(wanted);
      setTimeout(() => child.kill("SIGKILL"), 60 + 40 * round);
      for (;;) {
        // What is under way when it dies may have come through, or not.
        const id = `o${n++}`;
        try {
          const body = JSON.stringify({ id, kind: "block", item: id, reason: "a test", by: "ann" });
          const entered = await fetch(`${url}/v1/overrides`, { method: "POST", body });
          expect(entered.ok, await entered.text()).toBe(true);
          there.set(id, true);
          if (n % 3 > 0) continue;
          there.delete(id);
          const gone = await fetch(`${url}/v1/overrides/${id}`, { method: "DELETE" });
          expect(gone.ok).toBe(true);
          there.set(id, false);
        } catch (error) {
          if (!(error instanceof TypeError)) throw error;
          break;
        }
      }
      await ended;
    }
    expect(there.size).toBeGreaterThan(20);
    expect([...there.values()]).toContain(false);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
