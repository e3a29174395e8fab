import { Failure } from "../../core/failures.ts";
import { nameProblem } from "../../core/registry/names.ts";
import {
  type Aliases,
  LEAST_VERSIONS,
  type MeaningfulColumns,
  type ModelEntry,
  type Retention,
} from "../../core/registry/registry-entries.ts";
import type { Task } from "../../core/metrics/metric.ts";
import { notFound } from "../control/state-transaction.ts";
import type { Actor, StateReader, StateWriter, StoredDocument } from "../ports/control-store.ts";

export interface ModelWish {
  readonly name: string;
  readonly description: string | null;
  readonly owner: string | null;
  readonly task: Task | null;
  readonly columns: MeaningfulColumns;
  readonly tags: Readonly<Record<string, string>>;
  readonly retention: Retention;
}

/** A model as it is made when its first version is registered and nothing else was said. */
export function usualModel(name: string): ModelWish {
  return {
    name,
    description: null,
    owner: null,
    task: null,
    columns: { unit: null, time: null, id: null, group: null, item: null },
    tags: {},
    retention: { versions: LEAST_VERSIONS, days: 30 },
  };
}

/**
 * Makes a model, or changes what is said about it.
 * @param expected the revision that is changed; 0: it must be new; undefined: either
 * @throws Failure USAGE, CONFLICT
 */
export async function putModel(
  state: StateWriter,
  wish: ModelWish,
  by: Actor,
  now: number,
  expected?: number,
): Promise<StoredDocument<ModelEntry>> {
  const problem = nameProblem(wish.name);
  if (problem !== null) throw new Failure("USAGE", { where: "name", message: problem });
  if (wish.retention.versions < LEAST_VERSIONS) {
    throw new Failure("USAGE", {
      where: "retention.versions",
      message: `is ${wish.retention.versions}; at least ${LEAST_VERSIONS} versions are kept, so that there is something to go back to`,
    });
  }
  const before = await state.get<ModelEntry>("model", wish.name);
  return state.put<ModelEntry>({
    kind: "model",
    id: wish.name,
    body: { ...wish, created: before?.body.created ?? now, by: before?.body.by ?? by.name },
    action: before === null ? "model.create" : "model.change",
    ...(expected === undefined ? {} : { expected }),
  });
}

/** @throws Failure NOT_FOUND with the nearest names */
export async function modelOf(state: StateReader, name: string): Promise<StoredDocument<ModelEntry>> {
  const model = await state.get<ModelEntry>("model", name);
  if (model === null) throw await notFound(state, "model", name);
  return model;
}

export async function aliasesOf(state: StateReader, model: string): Promise<Aliases> {
  return (await state.get<Aliases>("aliases", model))?.body ?? {};
}
