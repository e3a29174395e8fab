import { closeSync, openSync } from "node:fs";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { Kysely, type SqliteDatabase, SqliteDialect } from "kysely";
import type { Tables } from "./schema.ts";

/**
 * SQLite of Node behind kysely. Durable: a change that was acknowledged is on the disk. Parameters are encoded first:
 * what SQLite does not take (a Date, a boolean) would otherwise shift the rest of them without an error.
 */
export function openDatabase(path: string, options: { readonly readOnly?: boolean } = {}): DatabaseSync {
  // Made for this user alone, whatever the umask: SQLite gives its other files the rights of this one.
  if (options.readOnly !== true) closeSync(openSync(path, "a", 0o600));
  const database = new DatabaseSync(path, { readOnly: options.readOnly ?? false, timeout: 10_000 });
  if (options.readOnly !== true) {
    database.exec("pragma journal_mode = wal");
    database.exec("pragma synchronous = full");
  }
  database.exec("pragma foreign_keys = on");
  database.exec("pragma trusted_schema = off");
  return database;
}

export function openKysely(database: DatabaseSync): Kysely<Tables> {
  return new Kysely<Tables>({ dialect: new SqliteDialect({ database: asKyselyDatabase(database) }) });
}

function asKyselyDatabase(database: DatabaseSync): SqliteDatabase {
  return {
    close: () => database.close(),
    prepare: (text) => {
      const statement = database.prepare(text);
      return {
        reader: statement.columns().length > 0,
        all: (parameters) => statement.all(...parameters.map(encode)),
        run: (parameters) => {
          // A full disk rolls back by itself; what is said of that first error is to be heard, not of the second.
          if (text === "rollback" && !database.isTransaction) return { changes: 0, lastInsertRowid: 0 };
          return statement.run(...parameters.map(encode));
        },
        iterate: (parameters) => statement.iterate(...parameters.map(encode)),
      };
    },
  };
}

function encode(value: unknown): SQLInputValue {
  if (value === undefined || value === null) return null;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (value instanceof Date) return value.getTime();
  if (typeof value === "number" || typeof value === "string" || typeof value === "bigint") return value;
  if (value instanceof Uint8Array) return value;
  throw new TypeError(`a parameter of SQL is ${typeof value}; give text, a number, null or bytes`);
}
