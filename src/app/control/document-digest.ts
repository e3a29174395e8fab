import { canonicalJson } from "../../core/audit/canonical-json.ts";
import { sha256Hex } from "../../core/hash/sha256.ts";
import type { Edge } from "../ports/control-store.ts";

/** What the digest of a document covers: everything but the digest, so that no column can be changed unseen. */
export interface DigestedDocument {
  readonly kind: string;
  readonly id: string;
  readonly parent: string | null;
  readonly revision: number;
  readonly time: number;
  readonly sequence: number;
  /** The body's text as it is stored. */
  readonly text: string;
  readonly edges: readonly Edge[];
}

/** SHA-256 of a document with its edges, in 64 hexadecimal digits. */
export function documentDigest(document: DigestedDocument): string {
  const { kind, id, parent, revision, time, sequence, text } = document;
  const edges = document.edges.map(({ from, to, relation }) => canonicalJson([from, to, relation])).toSorted();
  return sha256Hex(canonicalJson({ kind, id, parent, revision, time, sequence, text, edges }));
}
