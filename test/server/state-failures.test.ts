import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { makeBackup, restoreBackup } from "../../src/composition/backups.ts";
import { openControlPlane, openControlPlaneToRead } from "../../src/composition/control-plane.ts";
import { verifyTrail } from "../../src/app/control/verify-trail.ts";
import { registerVersion } from "../../src/app/registry/versions.ts";
import { emptyConfiguration } from "../../src/schemas/api/registry-schemas.ts";
import { ada } from "../contracts/control-store.contract.ts";

const base = mkdtempSync(join(tmpdir(), "umpire-state-failures-"));

/** A file system of two megabytes; null where none may be mounted. */
function smallDisk(): string | null {
  const folder = join(base, "disk");
  mkdirSync(folder);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], { stdio: "ignore" });
    return folder;
  } catch {
    return null;
  }
}

const disk = smallDisk();
afterAll(() => {
  if (disk !== null) execFileSync("umount", [disk]);
  rmSync(base, { recursive: true, force: true });
});

const open = (folder: string) => openControlPlane(folder, "a test", () => undefined);

async function register(plane: Awaited<ReturnType<typeof open>>, value: number): Promise<void> {
  const artifact = { kind: "constant", value } as const;
  await registerVersion(plane, { model: "m", version: null, artifact, configuration: emptyConfiguration }, ada);
}

describe("a state that cannot be written", () => {
  it.skipIf(disk === null)(
    "says on a full disk that the change was not made, stays sound, and takes changes again when there is room (skips where no small disk can be mounted)",
    async () => {
      const plane = await open(join(disk!, "state"));
      await register(plane, 1);
      const filler = join(disk!, "filler");
      try {
        writeFileSync(filler, Buffer.alloc(3_000_000));
      } catch {
        // Full, as wanted.
      }
      for (let i = 0; i < 3; i++) {
        await expect(register(plane, 2)).rejects.toMatchObject({
          code: "WRITE",
          message: expect.stringContaining("full"),
        });
      }
      expect(await verifyTrail(plane.store, plane.artifacts, null)).toMatchObject({ sound: true, entries: 2 });
      // Neither a backup nor a restore finds room there, and both say where.
      const noRoom = { code: "WRITE", where: join(disk!, "copy"), message: expect.stringContaining("no room") };
      await expect(makeBackup(join(disk!, "state"), join(disk!, "copy"))).rejects.toMatchObject(noRoom);
      await makeBackup(join(disk!, "state"), join(base, "good"));
      await expect(restoreBackup(join(base, "good"), join(disk!, "copy"), false, ada)).rejects.toMatchObject(noRoom);
      expect(readdirSync(disk!).toSorted()).toEqual(["filler", "state"]);
      rmSync(filler);
      await register(plane, 2);
      expect(await verifyTrail(plane.store, plane.artifacts, null)).toMatchObject({ sound: true, entries: 3 });
      await plane.close();
    },
  );

  it("is a failure that names the folder, where a file is in its place or a backup cannot be read", async () => {
    const file = join(base, "file");
    writeFileSync(file, "");
    await expect(open(file)).rejects.toMatchObject({ code: "STATE", where: file });
    await expect(open(join(file, "inside"))).rejects.toMatchObject({ code: "STATE" });
    const folder = join(base, "cut");
    const plane = await open(folder);
    for (let i = 0; i < 50; i++) await register(plane, i);
    await plane.close();
    truncateSync(join(folder, "state.db"), 20_000);
    await expect(open(folder)).rejects.toMatchObject({ code: "STATE" });
    await expect(openControlPlaneToRead(folder)).rejects.toMatchObject({ code: "STATE" });
    await expect(makeBackup(folder, join(base, "copy"))).rejects.toMatchObject({ code: "STATE" });
    writeFileSync(join(folder, "state.db"), "hello");
    await expect(makeBackup(folder, join(base, "copy"))).rejects.toMatchObject({ code: "STATE" });
    expect(readdirSync(base)).not.toContain("copy");
  });

  it.skipIf(process.getuid?.() !== 0)(
    "is refused in a clear sentence where the user may not write (skips unless run as root, who can become another user)",
    () => {
      const closed = join(base, "closed");
      mkdirSync(closed, { mode: 0o555 });
      chmodSync(base, 0o755);
      const script = resolve(import.meta.dirname, "../../bin/umpire.cjs");
      const args = [script, "server", "--state", join(closed, "state"), "--port", "0"];
      const { status, stderr } = spawnSync(process.execPath, args, { uid: 65534, gid: 65534, cwd: "/" });
      expect(stderr.toString()).toContain("may this user write there?");
      expect(status).toBe(2);
    },
  );

  it("is readable by its owner alone, whatever the umask", async () => {
    const folder = join(base, "own");
    mkdirSync(folder, { mode: 0o755 });
    const before = process.umask(0o000);
    try {
      const plane = await open(folder);
      await register(plane, 1);
      for (const name of readdirSync(folder).filter((one) => one.startsWith("state.db"))) {
        expect((statSync(join(folder, name)).mode & 0o077).toString(8), name).toBe("0");
      }
      await plane.close();
    } finally {
      process.umask(before);
    }
  });

  it("that was removed, moved or replaced while it is open takes no change that would be lost, and is read on", async () => {
    const folder = join(base, "lost");
    const plane = await open(folder);
    await register(plane, 1);
    const lost = (why: string) => ({ code: "STATE", message: expect.stringContaining(why) });
    renameSync(folder, `${folder}-moved`);
    expect(await plane.store.trouble()).toContain("removed or moved away");
    await expect(register(plane, 2)).rejects.toMatchObject(lost("removed or moved away"));
    // Another server may begin at the same place now.
    const other = await open(folder);
    await register(other, 3);
    await expect(register(plane, 2)).rejects.toMatchObject(lost("replaced"));
    await other.close();
    rmSync(folder, { recursive: true });
    renameSync(`${folder}-moved`, folder);
    expect(await plane.store.trouble()).toBeNull();
    await register(plane, 4);
    expect(await verifyTrail(plane.store, plane.artifacts, null)).toMatchObject({ sound: true, entries: 3 });
    await plane.close();
  });
});
