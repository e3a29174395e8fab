import type { ReadRequest, TableBlock, TableSource } from "../../app/ports/table-reader.ts";
import { Failure } from "../../core/failures.ts";
import { castFailure } from "./cast-failure.ts";
import type { ColumnPlan, ResolvedKind } from "./column-plan.ts";
import { epochFactor, findColumn, planColumn, resolveKind } from "./column-plan.ts";
import type { OrderedRelation } from "./dictionary.ts";
import { planCategories } from "./dictionary.ts";
import { engineFailure, isCastError } from "./engine-failure.ts";
import type { Engine } from "./engine.ts";
import { fingerprintFiles } from "./fingerprint.ts";
import { planKey } from "./key-plan.ts";
import { quoteName } from "./sql-text.ts";
import type { PreparedRelation, Storage } from "./storage.ts";
import { countRowsWithNull, findDuplicates } from "./duplicates.ts";
import { streamBlocks } from "./stream-blocks.ts";

/** 64 vectors of the engine: large enough that work per block is nothing, small enough for the caches. */
const defaultBlockRows = 131_072;

/** A {@link TableSource} over a storage of either family. */
export function createTableSource(engine: Engine, storage: Storage): TableSource {
  return {
    files: storage.files,
    columns: storage.columns,
    typed: storage.typed,
    countRows: () => storage.countRows(),
    fingerprint: () => fingerprintFiles(storage.files),
    read: (request) => readBlocks(engine, storage, request),
    duplicates: (columns) => findDuplicates(engine, storage, columns),
    rowsWithNull: (columns) => countRowsWithNull(engine, storage, columns),
  };
}

async function* readBlocks(engine: Engine, storage: Storage, request: ReadRequest): AsyncGenerator<TableBlock> {
  const resolved = request.columns.map((column) => ({
    name: column.name,
    kind: resolveKind(column, findColumn(column.name, storage.columns, storage.files), storage.files),
  }));
  const keys = [...(request.unit ?? []), ...(request.group ?? [])];
  for (const name of keys) {
    resolveKind({ name, as: "category" }, findColumn(name, storage.columns, storage.files), storage.files);
  }
  try {
    const relation = await storage.prepare();
    const rowsTotal = await storage.countRows();
    if (rowsTotal === 0) {
      throw new Failure("FILE_EMPTY", { where: storage.files[0] ?? "", message: "there are columns but no rows" });
    }
    const typed = (names: readonly string[]): { name: string; type: string }[] =>
      names.map((name) => ({ name, type: relation.types.get(name) ?? "VARCHAR" }));
    yield* streamBlocks(engine, {
      from: relation.from,
      columns: await planColumns(engine, relation, resolved),
      unit: request.unit === undefined ? null : await planKey(engine, relation.from, typed(request.unit), true),
      group: request.group === undefined ? null : await planKey(engine, relation.from, typed(request.group), false),
      blockRows: request.blockRows ?? defaultBlockRows,
      reuseBlocks: request.reuseBlocks === true,
      rowsTotal,
      ...(request.onProgress === undefined ? {} : { onProgress: request.onProgress }),
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    });
  } catch (error) {
    throw await explain(engine, storage, resolved, error);
  }
}

async function planColumns(
  engine: Engine,
  relation: PreparedRelation,
  resolved: readonly { readonly name: string; readonly kind: ResolvedKind }[],
): Promise<ColumnPlan[]> {
  const typeOf = (name: string): string => relation.types.get(name) ?? "VARCHAR";
  const categories = resolved.filter((column) => column.kind === "category");
  const dictionaries = await planCategories(
    engine,
    relation,
    categories.map(({ name }) => ({ name, type: typeOf(name) })),
  );
  const byName = new Map(dictionaries.map((plan) => [plan.name, plan]));
  const plans: ColumnPlan[] = [];
  for (const { name, kind } of resolved) {
    const known = byName.get(name);
    if (known !== undefined) plans.push(known);
    else if (kind !== "category") {
      const type = typeOf(name);
      const epoch =
        kind === "time" && /INT$|DOUBLE|FLOAT|DECIMAL/.test(type) ? await epochOf(engine, relation, name) : 1;
      plans.push(planColumn(name, kind, type, epoch));
    }
  }
  return plans;
}

async function epochOf(engine: Engine, relation: OrderedRelation, name: string): Promise<number> {
  const [row] = await engine.rows(`SELECT max(abs(CAST(${quoteName(name)} AS DOUBLE))) FROM ${relation.from}`);
  return epochFactor(Number(row?.[0] ?? 0));
}

async function explain(
  engine: Engine,
  storage: Storage,
  resolved: readonly { readonly name: string; readonly kind: ResolvedKind }[],
  error: unknown,
): Promise<unknown> {
  if (isCastError(error)) {
    const types = new Map(storage.columns.map((column) => [column.name, column.type]));
    const columns = resolved
      .filter((column) => column.kind !== "category")
      .map((column) => ({
        ...column,
        type: storage.suspects()[0]?.format === "csv" ? "VARCHAR" : (types.get(column.name) ?? "VARCHAR"),
      }));
    const found = await castFailure(engine, storage.suspects(), columns).catch(() => null);
    if (found !== null) return found;
  }
  return engineFailure(error, storage.files[0] ?? "");
}
