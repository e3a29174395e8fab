import { type Kysely, sql } from "kysely";
import type { Migration, MigrationProvider } from "kysely/migration";

/**
 * The schema, step by step, in the order of their names. A step that was released is never changed: a new one is added.
 * All run in one transaction; the file is copied before. What is there already stays: the first releases could be killed
 * in the middle of a step.
 */
const steps: Readonly<Record<string, Migration>> = {
  "0001_documents_edges_audit": {
    up: async (db: Kysely<unknown>) => {
      await sql`create table if not exists documents (
        kind text not null, id text not null, parent text, revision integer not null, time_ms integer not null,
        sequence integer not null, body text not null, digest text not null, primary key (kind, id)
      ) strict`.execute(db);
      await sql`create table if not exists edges (
        owner_kind text not null, owner_id text not null, from_node text not null, to_node text not null,
        relation text not null
      ) strict`.execute(db);
      await sql`create table if not exists audit (
        sequence integer not null primary key, time_ms integer not null, actor text not null,
        actor_role text not null, action text not null, kind text not null, id text not null, before_digest text,
        after_digest text, detail text not null, previous text not null, hash text not null
      ) strict`.execute(db);
    },
  },
  "0002_indexes": {
    up: async (db: Kysely<unknown>) => {
      await sql`create index if not exists documents_by_parent on documents (kind, parent, sequence)`.execute(db);
      await sql`create index if not exists documents_by_sequence on documents (kind, sequence)`.execute(db);
      await sql`create index if not exists edges_by_owner on edges (owner_kind, owner_id)`.execute(db);
      await sql`create index if not exists edges_by_start on edges (from_node)`.execute(db);
      await sql`create index if not exists edges_by_end on edges (to_node)`.execute(db);
      await sql`create index if not exists audit_by_subject on audit (kind, id, sequence)`.execute(db);
    },
  },
};

export const newestSchema: string = Object.keys(steps).toSorted().at(-1) ?? "";

export const migrationProvider: MigrationProvider = { getMigrations: () => Promise.resolve({ ...steps }) };
