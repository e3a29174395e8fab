import type { Kysely, Selectable } from "kysely";
import type { AuditSelection, Edge, Selection } from "../../app/ports/control-store.ts";
import type { DocumentRow, StateRows } from "../../app/ports/state-rows.ts";
import type { AuditEntry } from "../../core/audit/audit-chain.ts";
import type { Tables } from "./schema.ts";

/** Rows of the state by SQL; inside a transaction where `db` is one. */
export class SqliteRows implements StateRows {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async document(kind: string, id: string): Promise<DocumentRow | null> {
    const query = this.#db.selectFrom("documents").selectAll().where("kind", "=", kind).where("id", "=", id);
    const row = await query.executeTakeFirst();
    return row === undefined ? null : documentOf(row);
  }

  async documents(kind: string, { parent, prefix, limit, newestFirst, after }: Selection): Promise<DocumentRow[]> {
    let query = this.#db.selectFrom("documents").selectAll().where("kind", "=", kind);
    if (parent !== undefined) query = query.where("parent", "=", parent);
    if (prefix !== undefined) {
      query = query.where((expression) =>
        expression(expression.fn("substr", ["id", expression.val(1), expression.val([...prefix].length)]), "=", prefix),
      );
    }
    if (after !== undefined) query = query.where("sequence", newestFirst ? "<" : ">", after);
    query = query.orderBy("sequence", newestFirst ? "desc" : "asc");
    if (limit !== undefined) query = query.limit(limit);
    return (await query.execute()).map(documentOf);
  }

  async everyDocument(): Promise<DocumentRow[]> {
    return (await this.#db.selectFrom("documents").selectAll().orderBy("sequence").execute()).map(documentOf);
  }

  async latestAt(kind: string, parent: string, at: number): Promise<DocumentRow | null> {
    const row = await this.#db
      .selectFrom("documents")
      .selectAll()
      .where("kind", "=", kind)
      .where("parent", "=", parent)
      .where("time_ms", "<=", at)
      .orderBy("sequence", "desc")
      .limit(1)
      .executeTakeFirst();
    return row === undefined ? null : documentOf(row);
  }

  async saveDocument({ time, text, ...row }: DocumentRow): Promise<void> {
    const values = { ...row, time_ms: time, body: text };
    await this.#db
      .insertInto("documents")
      .values(values)
      .onConflict((conflict) => conflict.columns(["kind", "id"]).doUpdateSet(values))
      .execute();
  }

  async deleteDocument(kind: string, id: string): Promise<void> {
    await this.#db.deleteFrom("documents").where("kind", "=", kind).where("id", "=", id).execute();
  }

  async edges(nodes: readonly string[], direction: "from" | "to"): Promise<Edge[]> {
    if (nodes.length === 0) return [];
    const column = direction === "from" ? "from_node" : "to_node";
    const rows = await this.#db
      .selectFrom("edges")
      .selectAll()
      .where(column, "in", [...nodes])
      .execute();
    return rows.map(edgeOf);
  }

  async edgesOwnedBy(kind: string, id: string): Promise<Edge[]> {
    const query = this.#db.selectFrom("edges").selectAll().where("owner_kind", "=", kind).where("owner_id", "=", id);
    return (await query.execute()).map(edgeOf);
  }

  async replaceEdges(kind: string, id: string, edges: readonly Edge[]): Promise<void> {
    await this.#db.deleteFrom("edges").where("owner_kind", "=", kind).where("owner_id", "=", id).execute();
    if (edges.length === 0) return;
    const rows = edges.map(({ from, to, relation }) => ({
      owner_kind: kind,
      owner_id: id,
      from_node: from,
      to_node: to,
      relation,
    }));
    await this.#db.insertInto("edges").values(rows).execute();
  }

  async audit({ after, before, kind, id, limit, newestFirst }: AuditSelection): Promise<AuditEntry[]> {
    let query = this.#db.selectFrom("audit").selectAll();
    if (after !== undefined) query = query.where("sequence", ">", after);
    if (before !== undefined) query = query.where("sequence", "<", before);
    if (kind !== undefined) query = query.where("kind", "=", kind);
    if (id !== undefined) query = query.where("id", "=", id);
    query = query.orderBy("sequence", newestFirst ? "desc" : "asc");
    if (limit !== undefined) query = query.limit(limit);
    return (await query.execute()).map(entryOf);
  }

  async appendAudit({ time, role, before, after, ...entry }: AuditEntry): Promise<void> {
    const values = { ...entry, time_ms: time, actor_role: role, before_digest: before, after_digest: after };
    await this.#db.insertInto("audit").values(values).execute();
  }
}

function documentOf({ time_ms, body, ...row }: Selectable<Tables["documents"]>): DocumentRow {
  return { ...row, time: time_ms, text: body };
}

function edgeOf({ from_node, to_node, relation }: Selectable<Tables["edges"]>): Edge {
  return { from: from_node, to: to_node, relation };
}

function entryOf(row: Selectable<Tables["audit"]>): AuditEntry {
  const { time_ms, actor_role, before_digest, after_digest, ...entry } = row;
  return { ...entry, time: time_ms, role: actor_role, before: before_digest, after: after_digest };
}
