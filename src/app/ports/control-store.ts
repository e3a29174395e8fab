import type { AuditEntry } from "../../core/audit/audit-chain.ts";

/**
 * What the server knows, kept so that `kill -9` at any moment leaves the state before a change or after it, whole.
 * Things are documents of a kind with an id; the audit trail gets an entry for each one that is written or deleted, in
 * the same transaction. Implementations: SQLite, memory. Both pass `test/contracts/control-store.contract.ts`.
 */
export interface ControlStore {
  /** Reads that see one state, whatever is written meanwhile. */
  read<T>(work: (state: StateReader) => Promise<T>): Promise<T>;
  /**
   * All that `work` writes, or nothing where it throws. Changes run one after the other; do no slow work in here.
   * Never call `read` or `change` inside: use the writer.
   */
  change<T>(by: Actor, work: (state: StateWriter) => Promise<T>): Promise<T>;
  /** Called after each change with what it added to the trail. @returns a function that ends it */
  subscribe(listener: (entries: readonly AuditEntry[]) => void): () => void;
  /** Damage that the storage itself knows of, as sentences; none where it is sound. */
  problems(): Promise<string[]>;
  /** Why changes cannot be kept now, as the last one that failed said; null: they can. Cheap. */
  trouble(): Promise<string | null>;
  close(): Promise<void>;
}

/** Who asks for a change. */
export interface Actor {
  readonly name: string;
  readonly role: string;
}

export interface StateReader {
  get<Body>(kind: string, id: string): Promise<StoredDocument<Body> | null>;
  list<Body>(kind: string, selection?: Selection): Promise<StoredDocument<Body>[]>;
  /** The newest document of a parent whose `time` is not after `at`; of equal or stepped clocks the one written last. */
  latestAt<Body>(kind: string, parent: string, at: number): Promise<StoredDocument<Body> | null>;
  /** Edges that start from, or end in, one of the nodes. */
  edges(nodes: readonly string[], direction: "from" | "to"): Promise<Edge[]>;
  audit(selection: AuditSelection): Promise<AuditEntry[]>;
  /** Sequence number and hash of the newest entry; 0 and zeros where there is none. */
  auditHead(): Promise<{ readonly sequence: number; readonly hash: string }>;
  /** Every document with its digest as stored and as it follows from what is stored. */
  digests(): Promise<DigestCheck[]>;
}

export interface DigestCheck {
  readonly kind: string;
  readonly id: string;
  readonly digest: string;
  readonly recomputed: string;
}

export interface StateWriter extends StateReader {
  /** Writes a document and its entry in the trail. @throws Failure CONFLICT where `expected` is not the present revision */
  put<Body>(document: DocumentChange<Body>): Promise<StoredDocument<Body>>;
  /** @throws Failure NOT_FOUND, CONFLICT */
  delete(kind: string, id: string, reason: ChangeReason): Promise<void>;
}

export interface ChangeReason {
  /** `version.register`, `alias.set`, … */
  readonly action: string;
  /** For people: the reason, the figures. Never a secret. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

export interface DocumentChange<Body> extends ChangeReason {
  readonly kind: string;
  readonly id: string;
  /** What it belongs to, for listing: the model of a version. */
  readonly parent?: string;
  readonly body: Body;
  /** From when on it holds, for `latestAt`; default now. */
  readonly time?: number;
  /** Edges of the lineage graph that this document owns: replaced with it, gone with it. */
  readonly edges?: readonly Edge[];
  /** The revision that is being replaced; 0: there must be none. Undefined: whatever is there. */
  readonly expected?: number;
}

export interface StoredDocument<Body> {
  readonly kind: string;
  readonly id: string;
  readonly parent: string | null;
  /** 1 when it is first written, one more with every change. */
  readonly revision: number;
  readonly time: number;
  /** Sequence number of the change that wrote this revision. */
  readonly sequence: number;
  readonly body: Body;
  /** SHA-256 of all of it; the trail's `after`. */
  readonly digest: string;
}

export interface Selection {
  readonly parent?: string;
  readonly prefix?: string;
  readonly limit?: number;
  /** By the change that wrote them; default oldest first. */
  readonly newestFirst?: boolean;
  /** Only those that come after the one of this sequence number, in the order that is asked for. */
  readonly after?: number;
}

/** Node names are `kind:id`: `version:film-ranker/3`, `dataset:movies@1f…`, `commit:…`. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  /** `trained on`, `judged by`, … read from `from` to `to`. */
  readonly relation: string;
}

export interface AuditSelection {
  /** Entries after this sequence number. */
  readonly after?: number;
  /** Entries before this sequence number. */
  readonly before?: number;
  readonly kind?: string;
  readonly id?: string;
  readonly limit?: number;
  readonly newestFirst?: boolean;
}
