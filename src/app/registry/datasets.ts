import { canonicalJson } from "../../core/audit/canonical-json.ts";
import { Failure } from "../../core/failures.ts";
import { nameProblem } from "../../core/registry/names.ts";
import type { DatasetEntry } from "../../core/registry/registry-entries.ts";
import type { Actor, Edge, StateWriter, StoredDocument } from "../ports/control-store.ts";

export type DatasetWish = Omit<DatasetEntry, "created" | "by">;

/**
 * Registers a data set as it is now, under its name and fingerprint. The same again changes nothing.
 * @throws Failure USAGE, CONFLICT
 */
export async function registerDataset(
  state: StateWriter,
  wish: DatasetWish,
  by: Actor,
  now: number,
): Promise<StoredDocument<DatasetEntry>> {
  const problem = nameProblem(wish.name);
  if (problem !== null) throw new Failure("USAGE", { where: "name", message: problem });
  const id = `${wish.name}@${wish.fingerprint}`;
  const present = await state.get<DatasetEntry>("dataset", id);
  if (present !== null) {
    const { created: _created, by: _by, ...before } = present.body;
    if (canonicalJson(before) === canonicalJson(wish)) return present;
    throw new Failure("CONFLICT", {
      message: `data set "${id}" is registered with other words; what is registered never changes`,
      mend: ["data of other contents have another fingerprint"],
    });
  }
  return state.put<DatasetEntry>({
    kind: "dataset",
    id,
    parent: wish.name,
    body: { ...wish, created: now, by: by.name },
    edges: edgesOf(id, wish),
    action: "dataset.register",
    expected: 0,
  });
}

/** Sources lead through the transformation; a judge knows its test set by the fingerprint alone. */
function edgesOf(id: string, { sources, transformation, fingerprint }: DatasetWish): Edge[] {
  const node = `dataset:${id}`;
  const through = transformation === null ? node : `transformation:${id}`;
  const edges: Edge[] = sources.map((source) => ({
    from: `dataset:${source.name}@${source.fingerprint}`,
    to: through,
    relation: source.role === "training" ? "made into" : source.role,
  }));
  if (transformation !== null) edges.push({ from: through, to: node, relation: transformation });
  const asTest = `dataset:test@${fingerprint}`;
  if (asTest !== node) edges.push({ from: node, to: asTest, relation: "the same data" });
  return edges;
}
