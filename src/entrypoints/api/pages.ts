import type { Selection, StateReader, StoredDocument } from "../../app/ports/control-store.ts";

export interface PageWish {
  readonly limit: number;
  readonly after?: number | undefined;
}

/** One page of a list, in the order of the changes that wrote its documents, and where the next one begins. */
export async function pageOf<Body>(
  state: StateReader,
  kind: string,
  { limit, after }: PageWish,
  selection: Omit<Selection, "limit" | "after"> = {},
): Promise<{ readonly documents: StoredDocument<Body>[]; readonly next: number | null }> {
  const wish = { ...selection, limit: limit + 1, ...(after === undefined ? {} : { after }) };
  const found = await state.list<Body>(kind, wish);
  const documents = found.slice(0, limit);
  return { documents, next: found.length > limit ? (documents.at(-1)?.sequence ?? null) : null };
}
