import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, describe, expect, it } from "vitest";
import { createArtifactFolder } from "../../src/adapters/artifacts/artifact-folder.ts";
import { openSqliteStore } from "../../src/adapters/sqlite/sqlite-control-store.ts";
import { type TrailCheck, verifyTrail } from "../../src/app/control/verify-trail.ts";
import { setAlias } from "../../src/app/registry/aliases.ts";
import { registerVersion } from "../../src/app/registry/versions.ts";
import { emptyConfiguration } from "../../src/schemas/api/registry-schemas.ts";
import { ada, HandClock } from "../contracts/control-store.contract.ts";

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A state with some history, closed again. */
async function stateWithHistory(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "umpire-trail-"));
  folders.push(folder);
  const { store, artifacts } = await open(folder);
  const { digest, bytes } = await artifacts.put(new TextEncoder().encode("a model"), 100);
  const plane = { store, artifacts, clock: new HandClock() };
  const file = { kind: "file", digest, bytes, format: "text" } as const;
  const wish = { model: "ranker", version: null, configuration: { ...emptyConfiguration, commit: "5d1c2f0" } };
  await registerVersion(plane, { ...wish, artifact: file }, ada);
  await registerVersion(plane, { ...wish, artifact: { kind: "constant", value: 2 } }, ada);
  await store.change(ada, (state) => setAlias(state, "ranker", "champion", "2", ada));
  await store.close();
  return folder;
}

async function open(folder: string) {
  const store = await openSqliteStore({ folder, clock: new HandClock(), owner: "a test", onBug: () => undefined });
  return { store, artifacts: createArtifactFolder(join(folder, "artifacts")) };
}

async function check(folder: string, noted: { sequence: number; hash: string } | null = null): Promise<TrailCheck> {
  const { store, artifacts } = await open(folder);
  try {
    return await verifyTrail(store, artifacts, noted);
  } finally {
    await store.close();
  }
}

function tamper(folder: string, work: (database: DatabaseSync) => void): void {
  const database = new DatabaseSync(join(folder, "state.db"));
  work(database);
  database.close();
}

describe("the audit trail", () => {
  it("is sound as it was written", async () => {
    const folder = await stateWithHistory();
    expect(await check(folder)).toMatchObject({ sound: true, problems: [], entries: 6 });
  });

  it("finds a change of any field of any entry, and of any field of anything stored", async () => {
    const folder = await stateWithHistory();
    const found = await everyCell(folder);
    expect(found.length).toBeGreaterThan(100);
    for (const cell of found) {
      const { table, column, rowid, value } = cell;
      const set = (to: unknown): void =>
        tamper(folder, (database) => {
          database.prepare(`update ${table} set ${column} = ? where rowid = ?`).run(to as string, rowid);
        });
      set(typeof value === "number" ? value + 1 : value === null ? "x" : flipped(value));
      expect((await check(folder)).sound, `${table}.${column} of row ${rowid}`).toBe(false);
      set(value);
    }
    expect((await check(folder)).sound).toBe(true);
  });

  it("finds entries and things that are gone, and files that were changed", async () => {
    for (const statement of [
      "delete from audit where sequence = 3",
      "delete from audit where sequence = 6",
      "delete from documents where kind = 'version' and id = 'ranker/2'",
      "delete from edges where rowid = 1",
    ]) {
      const folder = await stateWithHistory();
      tamper(folder, (database) => database.exec(statement));
      expect((await check(folder)).sound, statement).toBe(false);
    }
    const folder = await stateWithHistory();
    const { store, artifacts } = await open(folder);
    const [digest = ""] = await artifacts.list();
    await store.close();
    const { appendFileSync } = await import("node:fs");
    appendFileSync(artifacts.path(digest), "x");
    expect((await check(folder)).problems).toEqual([`the file ${digest} does not have the content of its name`]);
  });

  it("finds entries that were put in, changed places or doubled", async () => {
    const copy = (from: number, to: number): string =>
      `insert into audit select ${to}, time_ms, actor, actor_role, action, kind, id, before_digest, after_digest, detail, previous, hash from audit where sequence = ${from}`;
    for (const statements of [
      [copy(6, 7)],
      [copy(3, 99)],
      [
        "update audit set sequence = -1 where sequence = 3",
        "update audit set sequence = 3 where sequence = 4",
        "update audit set sequence = 4 where sequence = -1",
      ],
      ["delete from audit", copy(1, 1)],
      ["update audit set sequence = sequence + 1000"],
    ]) {
      const folder = await stateWithHistory();
      tamper(folder, (database) => {
        for (const statement of statements) database.exec(statement);
      });
      expect((await check(folder)).sound, statements.join("; ")).toBe(false);
    }
  });

  it("finds that the whole state was put back to an earlier one by an entry that was noted since, and by nothing else", async () => {
    const folder = await stateWithHistory();
    const earlier = readFileSync(join(folder, "state.db"));
    const { store, artifacts } = await open(folder);
    const plane = { store, artifacts, clock: new HandClock() };
    const artifact = { kind: "constant", value: 3 } as const;
    await registerVersion(plane, { model: "ranker", version: null, artifact, configuration: emptyConfiguration }, ada);
    await store.close();
    const { head } = await check(folder);
    writeFileSync(join(folder, "state.db"), earlier);
    expect((await check(folder)).sound).toBe(true);
    expect((await check(folder, head)).problems).toEqual([
      `the trail ends at ${head.sequence - 1}, before the noted entry ${head.sequence}`,
    ]);
  });

  it("finds a trail that was made anew, by an entry that was noted elsewhere", async () => {
    const folder = await stateWithHistory();
    const { head } = await check(folder);
    expect((await check(folder, head)).sound).toBe(true);
    const other = await check(await stateWithHistory(), { sequence: 6, hash: head.hash.replace(/^./, "0") });
    expect(other.problems).toEqual(["entry 6 is not the one that was noted"]);
    const longer = await check(folder, { sequence: 99, hash: head.hash });
    expect(longer.problems).toEqual(["the trail ends at 6, before the noted entry 99"]);
  });
});

interface Cell {
  readonly table: string;
  readonly column: string;
  readonly rowid: number;
  readonly value: string | number | null;
}

function everyCell(folder: string): Promise<Cell[]> {
  const cells: Cell[] = [];
  tamper(folder, (database) => {
    for (const table of ["audit", "documents", "edges"]) {
      for (const row of database.prepare(`select rowid as row_number, * from ${table}`).all()) {
        for (const [column, value] of Object.entries(row)) {
          if (column !== "row_number")
            cells.push({ table, column, rowid: Number(row["row_number"]), value: value as string });
        }
      }
    }
  });
  // The sequence of an entry is its row number; a hole is tried by itself.
  return Promise.resolve(cells.filter((cell) => !(cell.table === "audit" && cell.column === "sequence")));
}

/** The text with one bit of its middle turned over. */
function flipped(text: string): string {
  if (text === "") return "x";
  const at = Math.floor(text.length / 2);
  return text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 1) + text.slice(at + 1);
}
