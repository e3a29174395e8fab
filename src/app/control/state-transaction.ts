import { type AuditEntry, chainEntry, chainStart } from "../../core/audit/audit-chain.ts";
import { canonicalJson } from "../../core/audit/canonical-json.ts";
import { Failure } from "../../core/failures.ts";
import { nearest } from "../../core/nearest.ts";
import type { Clock } from "../ports/clock.ts";
import type {
  Actor,
  AuditSelection,
  ChangeReason,
  DigestCheck,
  DocumentChange,
  Edge,
  Selection,
  StateReader,
  StateWriter,
  StoredDocument,
} from "../ports/control-store.ts";
import type { DocumentRow, StateRows } from "../ports/state-rows.ts";
import { documentDigest } from "./document-digest.ts";

/** Reads documents from rows. */
export class RowReader implements StateReader {
  protected readonly rows: StateRows;

  constructor(rows: StateRows) {
    this.rows = rows;
  }

  async get<Body>(kind: string, id: string): Promise<StoredDocument<Body> | null> {
    const row = await this.rows.document(kind, id);
    return row === null ? null : stored(row);
  }

  async list<Body>(kind: string, selection: Selection = {}): Promise<StoredDocument<Body>[]> {
    return (await this.rows.documents(kind, selection)).map((row) => stored<Body>(row));
  }

  async latestAt<Body>(kind: string, parent: string, at: number): Promise<StoredDocument<Body> | null> {
    const row = await this.rows.latestAt(kind, parent, at);
    return row === null ? null : stored(row);
  }

  edges(nodes: readonly string[], direction: "from" | "to"): Promise<Edge[]> {
    return this.rows.edges(nodes, direction);
  }

  audit(selection: AuditSelection): Promise<AuditEntry[]> {
    return this.rows.audit(selection);
  }

  async auditHead(): Promise<{ readonly sequence: number; readonly hash: string }> {
    const [last] = await this.rows.audit({ newestFirst: true, limit: 1 });
    return last === undefined ? { sequence: 0, hash: chainStart } : { sequence: last.sequence, hash: last.hash };
  }

  async digests(): Promise<DigestCheck[]> {
    const checks: DigestCheck[] = [];
    for (const row of await this.rows.everyDocument()) {
      const edges = await this.rows.edgesOwnedBy(row.kind, row.id);
      checks.push({ kind: row.kind, id: row.id, digest: row.digest, recomputed: documentDigest({ ...row, edges }) });
    }
    return checks;
  }
}

/** One transaction: keeps revisions, digests and the audit chain right, on whatever engine the rows are. */
export class StateTransaction extends RowReader implements StateWriter {
  /** What this transaction added to the trail. */
  readonly entries: AuditEntry[] = [];
  readonly #by: Actor;
  readonly #clock: Clock;
  #head: { readonly sequence: number; readonly hash: string } | null = null;

  constructor(rows: StateRows, by: Actor, clock: Clock) {
    super(rows);
    this.#by = by;
    this.#clock = clock;
  }

  async put<Body>(change: DocumentChange<Body>): Promise<StoredDocument<Body>> {
    const { kind, id, edges = [] } = change;
    const before = await this.rows.document(kind, id);
    expectRevision(change, before);
    const head = await this.#newest();
    const content = {
      kind,
      id,
      parent: change.parent ?? before?.parent ?? null,
      revision: (before?.revision ?? 0) + 1,
      time: change.time ?? this.#clock.now(),
      sequence: head.sequence + 1,
      text: JSON.stringify(change.body),
    };
    const row: DocumentRow = { ...content, digest: documentDigest({ ...content, edges }) };
    await this.rows.saveDocument(row);
    await this.rows.replaceEdges(kind, id, edges);
    await this.#append(change, kind, id, before?.digest ?? null, row.digest);
    return stored(row);
  }

  async delete(kind: string, id: string, reason: ChangeReason): Promise<void> {
    const before = await this.rows.document(kind, id);
    if (before === null) throw await notFound(this, kind, id);
    await this.rows.replaceEdges(kind, id, []);
    await this.rows.deleteDocument(kind, id);
    await this.#append(reason, kind, id, before.digest, null);
  }

  async #newest(): Promise<{ readonly sequence: number; readonly hash: string }> {
    this.#head ??= await this.auditHead();
    return this.#head;
  }

  async #append(reason: ChangeReason, kind: string, id: string, before: string | null, after: string | null) {
    const head = await this.#newest();
    const entry = chainEntry(
      {
        sequence: head.sequence + 1,
        time: this.#clock.now(),
        actor: this.#by.name,
        role: this.#by.role,
        action: reason.action,
        kind,
        id,
        before,
        after,
        detail: canonicalJson(reason.detail ?? {}),
      },
      head.hash,
    );
    await this.rows.appendAudit(entry);
    this.#head = { sequence: entry.sequence, hash: entry.hash };
    this.entries.push(entry);
  }
}

function stored<Body>(row: DocumentRow): StoredDocument<Body> {
  const { text, ...rest } = row;
  return { ...rest, body: JSON.parse(text) as Body };
}

function expectRevision(change: DocumentChange<unknown>, before: DocumentRow | null): void {
  const { expected, kind, id } = change;
  const present = before?.revision ?? 0;
  if (expected === undefined || expected === present) return;
  throw new Failure("CONFLICT", {
    message:
      expected === 0
        ? `${kind} "${id}" is already there`
        : present === 0
          ? `${kind} "${id}" was deleted meanwhile`
          : `${kind} "${id}" was changed meanwhile: the change is for revision ${expected}, it is now at ${present}`,
    mend: expected === 0 ? ["choose another name"] : ["read it again, then change it"],
  });
}

/** The failure for a name that is not there, with the nearest ones that are. */
export async function notFound(state: StateReader, kind: string, id: string, parent?: string): Promise<Failure> {
  const documents = await state.list(kind, parent === undefined ? {} : { parent });
  const names = documents.map((document) => document.id);
  const near = nearest(id, names);
  const known = names.slice(-10).join(", ");
  return new Failure("NOT_FOUND", {
    message: `there is no ${kind} "${id}"`,
    mend: near.length > 0 ? [`nearest: ${near.join(", ")}`] : [known === "" ? `there is none yet` : `known: ${known}`],
  });
}
