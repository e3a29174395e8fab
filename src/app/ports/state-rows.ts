import type { AuditEntry } from "../../core/audit/audit-chain.ts";
import type { AuditSelection, Edge, Selection } from "./control-store.ts";

/** A document as it is stored. */
export interface DocumentRow {
  readonly kind: string;
  readonly id: string;
  readonly parent: string | null;
  readonly revision: number;
  readonly time: number;
  readonly sequence: number;
  /** JSON. */
  readonly text: string;
  readonly digest: string;
}

/**
 * What a storage engine does for a control store, inside one transaction. Everything that has a meaning (revisions,
 * digests, the trail) is done above it, once for all engines.
 */
export interface StateRows {
  document(kind: string, id: string): Promise<DocumentRow | null>;
  documents(kind: string, selection: Selection): Promise<DocumentRow[]>;
  everyDocument(): Promise<DocumentRow[]>;
  latestAt(kind: string, parent: string, at: number): Promise<DocumentRow | null>;
  saveDocument(row: DocumentRow): Promise<void>;
  deleteDocument(kind: string, id: string): Promise<void>;
  edges(nodes: readonly string[], direction: "from" | "to"): Promise<Edge[]>;
  edgesOwnedBy(kind: string, id: string): Promise<Edge[]>;
  replaceEdges(kind: string, id: string, edges: readonly Edge[]): Promise<void>;
  audit(selection: AuditSelection): Promise<AuditEntry[]>;
  appendAudit(entry: AuditEntry): Promise<void>;
}
