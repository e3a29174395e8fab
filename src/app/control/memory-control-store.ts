import type { AuditEntry } from "../../core/audit/audit-chain.ts";
import type { Clock } from "../ports/clock.ts";
import type {
  Actor,
  AuditSelection,
  ControlStore,
  Edge,
  Selection,
  StateReader,
  StateWriter,
} from "../ports/control-store.ts";
import type { DocumentRow, StateRows } from "../ports/state-rows.ts";
import { ChangeListeners } from "./change-listeners.ts";
import { SerialQueue } from "./serial-queue.ts";
import { RowReader, StateTransaction } from "./state-transaction.ts";

interface OwnedEdge extends Edge {
  readonly owner: string;
}

/** The state in memory, for tests and for trying things out: same behaviour, gone with the process. */
export class MemoryControlStore implements ControlStore {
  #rows = new MemoryRows();
  readonly #clock: Clock;
  readonly #queue = new SerialQueue();
  readonly #listeners = new ChangeListeners(() => undefined);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  read<T>(work: (state: StateReader) => Promise<T>): Promise<T> {
    return this.#queue.run(() => work(new RowReader(this.#rows)));
  }

  change<T>(by: Actor, work: (state: StateWriter) => Promise<T>): Promise<T> {
    return this.#queue.run(async () => {
      const rows = this.#rows.copy();
      const transaction = new StateTransaction(rows, by, this.#clock);
      const result = await work(transaction);
      this.#rows = rows;
      this.#listeners.tell(transaction.entries);
      return result;
    });
  }

  subscribe(listener: (entries: readonly AuditEntry[]) => void): () => void {
    return this.#listeners.add(listener);
  }

  trouble(): Promise<null> {
    return Promise.resolve(null);
  }

  problems(): Promise<string[]> {
    return Promise.resolve([]);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

class MemoryRows implements StateRows {
  readonly #documents: Map<string, DocumentRow>;
  #edges: readonly OwnedEdge[];
  #trail: readonly AuditEntry[];

  constructor(
    documents = new Map<string, DocumentRow>(),
    edges: readonly OwnedEdge[] = [],
    trail: readonly AuditEntry[] = [],
  ) {
    this.#documents = documents;
    this.#edges = edges;
    this.#trail = trail;
  }

  copy(): MemoryRows {
    return new MemoryRows(new Map(this.#documents), this.#edges, this.#trail);
  }

  document(kind: string, id: string): Promise<DocumentRow | null> {
    return Promise.resolve(this.#documents.get(key(kind, id)) ?? null);
  }

  documents(kind: string, { parent, prefix, limit, newestFirst, after }: Selection): Promise<DocumentRow[]> {
    const rows = [...this.#documents.values()]
      .filter((row) => row.kind === kind && (parent === undefined || row.parent === parent))
      .filter((row) => prefix === undefined || row.id.startsWith(prefix))
      .filter((row) => after === undefined || (newestFirst ? row.sequence < after : row.sequence > after))
      .toSorted((a, b) => (newestFirst ? b.sequence - a.sequence : a.sequence - b.sequence));
    return Promise.resolve(rows.slice(0, limit));
  }

  everyDocument(): Promise<DocumentRow[]> {
    return Promise.resolve([...this.#documents.values()]);
  }

  latestAt(kind: string, parent: string, at: number): Promise<DocumentRow | null> {
    const rows = [...this.#documents.values()]
      .filter((row) => row.kind === kind && row.parent === parent && row.time <= at)
      .toSorted((a, b) => b.sequence - a.sequence);
    return Promise.resolve(rows[0] ?? null);
  }

  saveDocument(row: DocumentRow): Promise<void> {
    this.#documents.set(key(row.kind, row.id), row);
    return Promise.resolve();
  }

  deleteDocument(kind: string, id: string): Promise<void> {
    this.#documents.delete(key(kind, id));
    return Promise.resolve();
  }

  edges(nodes: readonly string[], direction: "from" | "to"): Promise<Edge[]> {
    return Promise.resolve(
      this.#edges
        .filter((edge) => nodes.includes(edge[direction]))
        .map(plain)
        .toSorted(byNodes),
    );
  }

  edgesOwnedBy(kind: string, id: string): Promise<Edge[]> {
    return Promise.resolve(this.#edges.filter((edge) => edge.owner === key(kind, id)).map(plain));
  }

  replaceEdges(kind: string, id: string, edges: readonly Edge[]): Promise<void> {
    const owner = key(kind, id);
    this.#edges = [...this.#edges.filter((edge) => edge.owner !== owner), ...edges.map((edge) => ({ ...edge, owner }))];
    return Promise.resolve();
  }

  audit({ after, before, kind, id, limit, newestFirst }: AuditSelection): Promise<AuditEntry[]> {
    const entries = this.#trail.filter(
      (entry) =>
        (after === undefined || entry.sequence > after) &&
        (before === undefined || entry.sequence < before) &&
        (kind === undefined || entry.kind === kind) &&
        (id === undefined || entry.id === id),
    );
    return Promise.resolve((newestFirst ? entries.toReversed() : entries).slice(0, limit));
  }

  appendAudit(entry: AuditEntry): Promise<void> {
    this.#trail = [...this.#trail, entry];
    return Promise.resolve();
  }
}

function key(kind: string, id: string): string {
  return `${kind}:${id}`;
}

function plain({ from, to, relation }: OwnedEdge): Edge {
  return { from, to, relation };
}

function byNodes(a: Edge, b: Edge): number {
  const texts = (edge: Edge): string => [edge.from, edge.to, edge.relation].join("\u0000");
  return texts(a) < texts(b) ? -1 : 1;
}
