/** Tables of the control state, as kysely types them. Columns in words that PostgreSQL does not reserve. */
export interface Tables {
  readonly documents: {
    kind: string;
    id: string;
    parent: string | null;
    revision: number;
    time_ms: number;
    sequence: number;
    body: string;
    digest: string;
  };
  readonly edges: { owner_kind: string; owner_id: string; from_node: string; to_node: string; relation: string };
  readonly audit: {
    sequence: number;
    time_ms: number;
    actor: string;
    actor_role: string;
    action: string;
    kind: string;
    id: string;
    before_digest: string | null;
    after_digest: string | null;
    detail: string;
    previous: string;
    hash: string;
  };
}
