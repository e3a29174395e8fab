import { type ChildProcess, spawn } from "node:child_process";
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, describe, expect, it } from "vitest";
import { openControlPlane, openControlPlaneToRead } from "../../src/composition/control-plane.ts";
import { makeBackup, restoreBackup } from "../../src/composition/backups.ts";
import { verifyTrail } from "../../src/app/control/verify-trail.ts";
import { registerVersion, versionOf } from "../../src/app/registry/versions.ts";
import type { VersionEntry } from "../../src/core/registry/registry-entries.ts";
import { emptyConfiguration } from "../../src/schemas/api/registry-schemas.ts";
import { ada } from "../contracts/control-store.contract.ts";

const folders: string[] = [];
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "umpire-server-"));
  folders.push(folder);
  return folder;
}

const open = (folder: string) => openControlPlane(folder, "a test", () => undefined);

let made = 0;

async function withVersions(folder: string, count: number): Promise<void> {
  const plane = await open(folder);
  for (let i = 0; i < count; i++) {
    const stored = await plane.artifacts.put(new TextEncoder().encode(`model ${made++}`), 1000);
    const artifact = { kind: "file", format: "text", ...stored } as const;
    await registerVersion(plane, { model: "ranker", version: null, artifact, configuration: emptyConfiguration }, ada);
  }
  await plane.close();
}

async function versions(folder: string): Promise<string[]> {
  const plane = await openControlPlaneToRead(folder);
  const found = await plane.store.read((state) => state.list<VersionEntry>("version"));
  await plane.store.close();
  return found.map((version) => version.body.version);
}

describe("a backup", () => {
  it("brings everything back, made while the server runs, and keeps what was there before", async () => {
    const base = newFolder();
    const [state, copy] = [join(base, "state"), join(base, "monday")];
    await withVersions(state, 3);
    const running = await open(state);
    await makeBackup(state, copy);
    await expect(restoreBackup(copy, state, true, ada)).rejects.toMatchObject({ code: "STATE" });
    await running.close();
    await withVersions(state, 5);
    expect(await versions(state)).toHaveLength(8);
    await expect(restoreBackup(copy, state, false, ada)).rejects.toMatchObject({ code: "CONFLICT" });
    const { before } = await restoreBackup(copy, state, true, ada);
    expect(await versions(state)).toEqual(["1", "2", "3"]);
    expect(await versions(before ?? "")).toHaveLength(8);
    await expect(makeBackup(state, copy)).rejects.toMatchObject({ code: "CONFLICT" });
  });

  it("is restored where a link leads, so that the server finds it by either name", async () => {
    const base = newFolder();
    const [state, copy, link] = [join(base, "state"), join(base, "copy"), join(base, "link")];
    await withVersions(state, 1);
    await makeBackup(state, copy);
    await withVersions(state, 1);
    symlinkSync(state, link);
    const running = await open(state);
    await expect(restoreBackup(copy, link, true, ada)).rejects.toMatchObject({ code: "STATE" });
    await expect(open(link)).rejects.toMatchObject({ code: "STATE" });
    await running.close();
    expect((await restoreBackup(copy, link, true, ada)).before).toBe(`${state}.before-restore-1`);
    expect(await versions(state)).toEqual(["1"]);
    expect(await versions(link)).toEqual(["1"]);
    expect(statSync(join(state, "state.db")).mode & 0o077).toBe(0);
  });

  it("is refused when one byte of it was changed or a file is missing, and nothing is restored", async () => {
    const base = newFolder();
    const [state, copy, target] = [join(base, "state"), join(base, "copy"), join(base, "target")];
    await withVersions(state, 2);
    await makeBackup(state, copy);
    const files = readdirSync(copy, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files).toHaveLength(4);
    for (const file of files.filter((entry) => entry.name !== "backup.json")) {
      rmSync(copy, { recursive: true });
      await makeBackup(state, copy);
      appendFileSync(join(file.parentPath, file.name), "x");
      await expect(restoreBackup(copy, target, false, ada)).rejects.toMatchObject({ code: "RECORD" });
      rmSync(join(file.parentPath, file.name));
      await expect(restoreBackup(copy, target, false, ada)).rejects.toMatchObject({ code: "RECORD" });
      expect(existsSync(target)).toBe(false);
    }
  });

  it("is refused where a file of it is a link or a folder, and follows no path out of its folder", async () => {
    const base = newFolder();
    const [state, copy, target] = [join(base, "state"), join(base, "copy"), join(base, "target")];
    await withVersions(state, 1);
    for (const put of [
      (path: string) => symlinkSync(join(state, "state.db"), path),
      (path: string) => mkdirSync(path),
    ]) {
      await makeBackup(state, copy);
      rmSync(join(copy, "state.db"));
      put(join(copy, "state.db"));
      const restored = restoreBackup(copy, target, false, ada);
      await expect(restored).rejects.toMatchObject({ code: "RECORD", message: "is no file of a backup" });
      rmSync(copy, { recursive: true });
    }
    await makeBackup(state, copy);
    const list = join(copy, "backup.json");
    const files = JSON.parse(readFileSync(list, "utf8")) as { files: Record<string, unknown> };
    for (const path of ["../escaped", "/tmp/escaped", "artifacts/../../escaped", "artifacts/00/short"]) {
      writeFileSync(list, JSON.stringify({ ...files, files: { ...files.files, [path]: { sha256: "0", bytes: 1 } } }));
      await expect(restoreBackup(copy, target, false, ada)).rejects.toMatchObject({ code: "RECORD" });
    }
    expect(existsSync(target)).toBe(false);
  });
});

/** As the first release left it: without the later steps. */
function makeOld(folder: string): void {
  const database = new DatabaseSync(join(folder, "state.db"));
  database.exec("delete from kysely_migration where name > '0001_documents_edges_audit'");
  for (const { name } of database
    .prepare("select name from sqlite_master where type = 'index' and sql is not null")
    .all()) {
    database.exec(`drop index "${String(name)}"`);
  }
  database.close();
}

describe("the state of another version of Umpire", () => {
  it("is brought up to date, with a copy of it as it was", async () => {
    const folder = newFolder();
    await withVersions(folder, 2);
    makeOld(folder);
    const plane = await open(folder);
    expect((await plane.store.read((state) => versionOf(state, "ranker", "2"))).body.version).toBe("2");
    expect(await verifyTrail(plane.store, plane.artifacts, null)).toMatchObject({ sound: true });
    await plane.close();
    expect(readdirSync(folder)).toContainEqual(expect.stringMatching(/^state\.db\.before-/));
  });

  it("is brought up to date by the next start where the one that did it was killed in the middle, whenever that was", async () => {
    const base = newFolder();
    const [old, state] = [join(base, "old"), join(base, "state")];
    await withVersions(old, 2);
    const plane = await open(old);
    // Enough that the upgrade takes a while.
    for (let i = 0; i < 20; i++) {
      await plane.store.change(ada, async (writer) => {
        for (let k = 0; k < 1000; k++) await writer.put({ kind: "thing", id: `${i}.${k}`, body: k, action: "put" });
      });
    }
    await plane.close();
    makeOld(old);
    let unfinished = 0;
    for (const milliseconds of [0, 3, 10, 30, 80]) {
      rmSync(state, { recursive: true, force: true });
      mkdirSync(state);
      copyFileSync(join(old, "state.db"), join(state, "state.db"));
      const script = resolve(import.meta.dirname, "../../bin/umpire.cjs");
      const child = spawn(process.execPath, [script, "server", "--state", state, "--port", "0"], { stdio: "ignore" });
      children.push(child);
      while (!existsSync(join(state, "state.db.before-0002_indexes"))) await pause(1);
      await pause(milliseconds);
      child.kill("SIGKILL");
      await new Promise((settle) => child.once("exit", settle));
      const left = new DatabaseSync(join(state, "state.db"));
      if (left.prepare("select 1 from kysely_migration where name = '0002_indexes'").get() === undefined) unfinished++;
      left.close();
      expect(await versions(state)).toEqual(["1", "2"]);
      const again = await open(state);
      expect(await verifyTrail(again.store, again.artifacts, null)).toMatchObject({ entries: 20_003, problems: [] });
      await again.close();
    }
    expect(unfinished).toBeGreaterThan(1);
  }, 60_000);

  it("is refused where a newer one wrote it, and where it is damaged", async () => {
    const folder = newFolder();
    await withVersions(folder, 1);
    const database = new DatabaseSync(join(folder, "state.db"));
    database.exec("insert into kysely_migration values ('9999_later', '2030-01-01')");
    database.close();
    await expect(open(folder)).rejects.toMatchObject({
      code: "STATE",
      message: expect.stringContaining("newer Umpire"),
    });
    const other = newFolder();
    appendFileSync(join(other, "state.db"), "this is no database at all, but a text that someone put here ".repeat(50));
    await expect(open(other)).rejects.toMatchObject({ code: "STATE" });
  });
});

/** Registers versions one after the other over HTTP until it is gone; counts what was acknowledged. */
async function registerUntilGone(address: string, acknowledged: string[]): Promise<void> {
  for (let i = 0; ; i++) {
    try {
      const bytes = await fetch(`${address}/v1/artifacts`, {
        method: "POST",
        body: `model ${i} of ${acknowledged.length}`,
        headers: { "content-type": "application/octet-stream" },
      });
      const artifact = { kind: "file", format: "text", ...((await bytes.json()) as object) };
      const answer = await fetch(`${address}/v1/models/ranker/versions`, {
        method: "POST",
        body: JSON.stringify({ artifact, aliases: ["challenger"] }),
        headers: { "content-type": "application/json" },
      });
      if (answer.status === 201) acknowledged.push(((await answer.json()) as { version: string }).version);
    } catch {
      return;
    }
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((settle) => setTimeout(settle, milliseconds));
}

function startServer(folder: string): Promise<{ readonly child: ChildProcess; readonly address: string }> {
  const script = resolve(import.meta.dirname, "../../bin/umpire.cjs");
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

describe("a server that is killed while it writes", () => {
  it("has everything that it acknowledged when it is back, nothing half done, and a sound trail", async () => {
    const folder = newFolder();
    const acknowledged: string[] = [];
    // Different moments, so that different writes are under way.
    for (const milliseconds of [0, 3, 7, 13]) {
      const { child, address } = await startServer(folder);
      const enough = acknowledged.length + 4;
      const work = registerUntilGone(address, acknowledged);
      while (acknowledged.length < enough) await pause(1);
      await pause(milliseconds);
      child.kill("SIGKILL");
      await work;
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(16);
    const plane = await open(folder);
    const found = await plane.store.read((state) => state.list<VersionEntry>("version"));
    const names = new Set(found.map((version) => version.body.version));
    expect(acknowledged.filter((version) => !names.has(version))).toEqual([]);
    for (const { body } of found)
      expect("digest" in body.artifact && plane.artifacts.has(body.artifact.digest)).toBe(true);
    expect(await verifyTrail(plane.store, plane.artifacts, null)).toMatchObject({ sound: true, problems: [] });
    await plane.close();
    expect(readdirSync(join(folder, "artifacts", "incoming"))).toEqual([]);
  });
});
