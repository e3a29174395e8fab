import { copyFileSync, existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { type Kysely, sql } from "kysely";
import { Migrator } from "kysely/migration";
import { ChangeListeners } from "../../app/control/change-listeners.ts";
import { SerialQueue } from "../../app/control/serial-queue.ts";
import { RowReader, StateTransaction } from "../../app/control/state-transaction.ts";
import type { Clock } from "../../app/ports/clock.ts";
import type { Actor, ControlStore, StateReader, StateWriter } from "../../app/ports/control-store.ts";
import type { AuditEntry } from "../../core/audit/audit-chain.ts";
import { Failure } from "../../core/failures.ts";
import { type FolderLock, lockFolder } from "./folder-lock.ts";
import { migrationProvider, newestSchema } from "./migrations.ts";
import { openDatabase, openKysely } from "./open-database.ts";
import type { Tables } from "./schema.ts";
import { SqliteRows } from "./sqlite-rows.ts";
import { stateFailure } from "./state-failure.ts";

export interface SqliteStoreOptions {
  readonly folder: string;
  readonly clock: Clock;
  /** Who holds the folder, for the message that a second server prints. */
  readonly owner: string;
  readonly onBug: (error: unknown) => void;
}

export const STATE_FILE = "state.db";

/**
 * Opens the state of a server, makes it where there is none, brings an older one up to date after copying it.
 * @throws Failure STATE where another process has it, where it is damaged, or where a newer Umpire wrote it
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<ControlStore> {
  const path = join(options.folder, STATE_FILE);
  const lock = takeFolder(options.folder, options.owner);
  let database: DatabaseSync | null = null;
  try {
    database = openDatabase(path);
    const db = openKysely(database);
    await upgrade(db, database, path);
    return new SqliteControlStore(database, db, lock, options);
  } catch (error) {
    if (database?.isOpen) database.close();
    lock.release();
    throw stateFailure(error, path);
  }
}

function takeFolder(folder: string, owner: string): FolderLock {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return lockFolder(folder, owner);
  } catch (error) {
    throw stateFailure(error, folder);
  }
}

/** Opens the state to look at it, beside a server that may be running. @throws Failure STATE, FILE_MISSING */
export async function openSqliteStoreToRead(folder: string, clock: Clock): Promise<ControlStore> {
  const path = join(folder, STATE_FILE);
  if (!existsSync(path)) {
    throw new Failure("FILE_MISSING", {
      where: path,
      message: "there is no state of a server here",
      mend: ["give the folder of the server with --state DIR; umpire up uses .umpire/server"],
    });
  }
  try {
    const database = openDatabase(path, { readOnly: true });
    const db = openKysely(database);
    await sql`select 1 from documents, audit limit 1`.execute(db);
    return new SqliteControlStore(database, db, null, { folder, clock, owner: "", onBug: () => undefined });
  } catch (error) {
    throw stateFailure(error, path);
  }
}

async function upgrade(db: Kysely<Tables>, database: DatabaseSync, path: string): Promise<void> {
  const migrator = new Migrator({ db, provider: migrationProvider });
  const before = await appliedSteps(db);
  const newer = before.find((name) => name > newestSchema);
  if (newer !== undefined) {
    throw new Failure("STATE", {
      where: path,
      message: `a newer Umpire wrote this state (${newer}; this one knows up to ${newestSchema})`,
      mend: ["install that version again, or restore a backup made before the upgrade: umpire restore"],
    });
  }
  if (before.length > 0 && before.at(-1) !== newestSchema) {
    database.exec("pragma wal_checkpoint(truncate)");
    copyFileSync(path, `${path}.before-${newestSchema}`);
  }
  // All of it or nothing: kysely takes SQLite for one that cannot do that, and a step that was cut in two never goes through.
  database.exec("begin immediate");
  try {
    const { error } = await migrator.migrateToLatest();
    if (error !== undefined) throw error;
    database.exec("commit");
  } finally {
    if (database.isTransaction) database.exec("rollback");
  }
}

async function appliedSteps(db: Kysely<Tables>): Promise<string[]> {
  const table = await sql`select 1 from sqlite_master where type = 'table' and name = 'kysely_migration'`.execute(db);
  if (table.rows.length === 0) return [];
  const names = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  return names.rows.map((row) => row.name);
}

class SqliteControlStore implements ControlStore {
  readonly #database: DatabaseSync;
  readonly #db: Kysely<Tables>;
  readonly #lock: FolderLock | null;
  readonly #path: string;
  readonly #clock: Clock;
  /** One connection: whoever reads during a change would see half of it. */
  readonly #queue = new SerialQueue();
  readonly #listeners: ChangeListeners;
  /** The file that was opened: another one may be in its place since. */
  readonly #file: string | null;
  #trouble: string | null = null;

  constructor(database: DatabaseSync, db: Kysely<Tables>, lock: FolderLock | null, options: SqliteStoreOptions) {
    this.#database = database;
    this.#db = db;
    this.#lock = lock;
    this.#path = join(options.folder, STATE_FILE);
    this.#clock = options.clock;
    this.#listeners = new ChangeListeners(options.onBug);
    this.#file = fileAt(this.#path);
  }

  read<T>(work: (state: StateReader) => Promise<T>): Promise<T> {
    return this.#transaction((rows) => work(new RowReader(rows)));
  }

  async change<T>(by: Actor, work: (state: StateWriter) => Promise<T>): Promise<T> {
    const { result, entries } = await this.#transaction(async (rows) => {
      const state = new StateTransaction(rows, by, this.#clock);
      const result = await work(state);
      this.#refuseLost();
      return { result, entries: state.entries };
    });
    this.#listeners.tell(entries);
    return result;
  }

  #transaction<T>(work: (rows: SqliteRows) => Promise<T>): Promise<T> {
    return this.#queue.run(async () => {
      try {
        return await this.#db.transaction().execute((transaction) => work(new SqliteRows(transaction)));
      } catch (error) {
        const failure = stateFailure(error, this.#path);
        if (failure !== error && failure instanceof Failure) this.#trouble = failure.message;
        throw failure;
      }
    });
  }

  async trouble(): Promise<string | null> {
    try {
      this.#refuseLost();
      if (this.#trouble === null) return null;
      // Is it over? Writes what stands there already.
      await this.#queue.run(async () => {
        const { rows } = await sql<{ user_version: number }>`pragma user_version`.execute(this.#db);
        this.#database.exec(`pragma user_version = ${Number(rows[0]?.user_version ?? 0)}`);
      });
      this.#trouble = null;
    } catch (error) {
      const failure = stateFailure(error, this.#path);
      return failure instanceof Error ? failure.message : String(failure);
    }
    return this.#trouble;
  }

  /** SQLite goes on writing into a file that was removed: what is acknowledged then is gone with the process. */
  #refuseLost(): void {
    const present = fileAt(this.#path);
    if (present === this.#file) return;
    throw new Failure("STATE", {
      where: this.#path,
      message: `the state was ${present === null ? "removed or moved away" : "replaced"} while the server runs; the change was not made`,
      mend: ["stop the server, bring the folder back or restore a backup (umpire restore), and start it again"],
    });
  }

  subscribe(listener: (entries: readonly AuditEntry[]) => void): () => void {
    return this.#listeners.add(listener);
  }

  async problems(): Promise<string[]> {
    const { rows } = await this.#queue.run(() =>
      sql<{ integrity_check: string }>`pragma integrity_check(20)`.execute(this.#db),
    );
    return rows.map((row) => row.integrity_check).filter((text) => text !== "ok");
  }

  async close(): Promise<void> {
    await this.#queue.run(() => Promise.resolve());
    if (this.#database.isOpen) this.#database.close();
    this.#lock?.release();
  }
}

/** Which file is at a path; null: none. */
function fileAt(path: string): string | null {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? null : `${found.dev}:${found.ino}`;
}
