import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type GatewayProcess, loggedIds, post, startProcess } from "./gateway-process.ts";

const yaml = `gateway:
  log: { rotate: false }
  models:
    m: { versions: { v1: { constant: 1 } } }
`;
const ask = (gateway: GatewayProcess, size = 2000): ReturnType<typeof post> =>
  post(gateway.url, "/v1/models/m/predict", { record: { x: "y".repeat(size) } });

async function healthOf(gateway: GatewayProcess): Promise<{ status: string; log: { problem: string | null } }> {
  return (await (await fetch(`${gateway.url}/health`)).json()) as { status: string; log: { problem: string | null } };
}

/** A file system of one megabyte; null where none may be mounted. */
function smallDisk(): string | null {
  const folder = mkdtempSync(join(tmpdir(), "umpire-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], { stdio: "ignore" });
    return folder;
  } catch {
    rmSync(folder, { recursive: true });
    return null;
  }
}

const disks = { durable: smallDisk(), written: smallDisk() };
afterAll(() => {
  for (const disk of Object.values(disks)) {
    if (disk === null) continue;
    execFileSync("umount", [disk]);
    rmSync(disk, { recursive: true });
  }
});

test.skipIf(disks.durable === null)(
  "durable: on a full disk nothing is answered that is not kept, and answers come again when there is room (skips where no small disk can be mounted)",
  async () => {
    const disk = disks.durable!;
    const filler = join(disk, "filler");
    writeFileSync(filler, Buffer.alloc(800 * 1024));
    const gateway = await startProcess({ yaml, flags: ["--log", join(disk, "log"), "--log-mode", "durable"] });
    const acknowledged: string[] = [];
    let refused = 0;
    for (let i = 0; i < 200; i++) {
      const { status, body } = await ask(gateway);
      if (status === 200) acknowledged.push(String(body["id"]));
      else {
        expect(status).toBe(503);
        expect(body["detail"]).toMatch(/could not be kept/);
        refused++;
      }
    }
    expect(acknowledged.length).toBeGreaterThan(20);
    expect(refused).toBeGreaterThan(50);
    expect(await healthOf(gateway)).toMatchObject({ status: "degraded" });
    rmSync(filler);
    const again = await ask(gateway);
    expect(again.status).toBe(200);
    expect(await healthOf(gateway)).toMatchObject({ status: "ok", log: { problem: null } });
    await gateway.stop("SIGKILL");
    const kept = new Set(loggedIds(join(disk, "log")));
    expect([...acknowledged, String(again.body["id"])].filter((id) => !kept.has(id))).toEqual([]);
  },
);

test.skipIf(disks.written === null)(
  "written: on a full disk answers go out and say that they are not logged yet; they are when there is room (skips where no small disk can be mounted)",
  async () => {
    const disk = disks.written!;
    const filler = join(disk, "filler");
    writeFileSync(filler, Buffer.alloc(900 * 1024));
    const gateway = await startProcess({ yaml, flags: ["--log", join(disk, "log"), "--log-mode", "written"] });
    const ids: string[] = [];
    let unlogged = 0;
    for (let i = 0; i < 100; i++) {
      const { status, body } = await ask(gateway);
      expect(status).toBe(200);
      ids.push(String(body["id"]));
      if (body["logged"] === false) unlogged++;
    }
    expect(unlogged).toBeGreaterThan(20);
    rmSync(filler);
    ids.push(String((await ask(gateway)).body["id"]));
    await gateway.stop("SIGKILL");
    const kept = loggedIds(join(disk, "log"));
    expect(new Set(kept).size).toBe(kept.length);
    expect(new Set(kept)).toEqual(new Set(ids));
  },
);

test("a write that is cut by the file size limit leaves no torn line and loses nothing acknowledged", async () => {
  const gateway = await startProcess({ yaml, flags: ["--log-mode", "durable"], shell: "trap '' XFSZ; ulimit -f 64" });
  const acknowledged: string[] = [];
  let refused = 0;
  for (let i = 0; i < 120; i++) {
    const { status, body } = await ask(gateway);
    if (status === 200) acknowledged.push(String(body["id"]));
    else refused++;
  }
  expect(refused).toBeGreaterThan(0);
  expect(acknowledged.length).toBeGreaterThan(80);
  await gateway.stop("SIGKILL");
  const kept = new Set(loggedIds(join(gateway.folder, ".umpire", "predictions")));
  expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
});

test("a log folder that goes away while running is told, and the log goes on when it can be made again", async () => {
  const gateway = await startProcess({ yaml, flags: ["--log-mode", "durable"] });
  const log = join(gateway.folder, ".umpire", "predictions");
  expect((await ask(gateway)).status).toBe(200);
  // Ends the segment in use at the next write, so that a new file must be made in the folder.
  rmSync(log, { recursive: true });
  writeFileSync(log, "a file where the folder was");
  const blocked = await startProcess({ yaml, flags: ["--log", join(log, "inside"), "--log-mode", "durable"] }).catch(
    (error: unknown) => String(error),
  );
  // A gateway that cannot log durably either does not start, saying why, or answers nothing.
  if (typeof blocked === "string") expect(blocked).toMatch(/ENOTDIR|not a directory|cannot be/i);
  else {
    expect((await ask(blocked)).status).toBe(503);
    expect(await healthOf(blocked)).toMatchObject({ status: "degraded" });
    rmSync(log);
    mkdirSync(log);
    expect((await ask(blocked)).status).toBe(200);
    await blocked.stop("SIGKILL");
  }
  await gateway.stop("SIGKILL");
});
