import type { DuckDBDataChunk } from "@duckdb/node-api";
import type { TableBlock } from "../../app/ports/table-reader.ts";
import { Failure } from "../../core/failures.ts";
import { bigMemory } from "../../core/tables/big-memory.ts";
import type { Column } from "../../core/tables/table.ts";
import { BlockColumn } from "./block-columns.ts";
import type { ColumnPlan } from "./column-plan.ts";
import type { Engine } from "./engine.ts";
import type { KeyPlan } from "./key-plan.ts";

export interface StreamPlan {
  readonly from: string;
  readonly columns: readonly ColumnPlan[];
  readonly unit: KeyPlan | null;
  readonly group: KeyPlan | null;
  readonly blockRows: number;
  /** Blocks share their memory: each is valid until the next one is asked for. */
  readonly reuseBlocks: boolean;
  readonly rowsTotal: number | null;
  readonly onProgress?: (rowsDone: number, rowsTotal: number | null) => void;
  readonly signal?: AbortSignal;
}

interface OpenBlock {
  readonly columns: BlockColumn[];
  readonly units: Uint32Array | null;
  readonly folds: Uint8Array | null;
  readonly groups: Uint32Array | null;
}

/** Streams a relation in file order and cuts it into blocks of fixed size, whatever the engine's own chunks are. */
export async function* streamBlocks(engine: Engine, plan: StreamPlan): AsyncGenerator<TableBlock> {
  const { default: bindings } = await import("@duckdb/node-bindings");
  const selected = plan.columns.map((column) => column.sql);
  const unitAt = plan.unit === null ? -1 : selected.push(plan.unit.sql) - 1;
  const groupAt = plan.group === null ? -1 : selected.push(plan.group.sql) - 1;
  if (selected.length === 0) selected.push("CAST(0 AS UTINYINT)");
  const connection = await engine.connect();
  // One chunk ahead: the engine's threads fetch it while this one's rows are counted.
  let ahead: Promise<DuckDBDataChunk | null> = Promise.resolve(null);
  try {
    const result = await connection.stream(
      `SELECT ${selected.map((sql, i) => `${sql} AS c${i}`).join(", ")} FROM ${plan.from}`,
    );
    let block = openBlock(plan);
    const next = (): OpenBlock => {
      if (!plan.reuseBlocks) return openBlock(plan);
      for (const column of block.columns) column.reset();
      return block;
    };
    let filled = 0;
    let firstRow = 0;
    const fetchNext = (): void => {
      ahead = result.fetchChunk();
      ahead.catch(() => undefined);
    };
    fetchNext();
    for (;;) {
      if (plan.signal?.aborted === true) throw new Failure("INTERRUPTED", { message: "reading was interrupted" });
      const chunk = await ahead;
      const rows = chunk === null ? 0 : chunk.rowCount;
      if (chunk === null || rows === 0) break;
      fetchNext();
      const vector = (index: number, bytes: number): Vector => {
        const handle = bindings.data_chunk_get_vector(chunk.chunk, index);
        return {
          data: bindings.vector_get_data(handle, rows * bytes),
          validity: validityOf(bindings.vector_get_validity(handle, ((rows + 63) >> 6) * 8), rows),
        };
      };
      for (let start = 0; start < rows; ) {
        const count = Math.min(rows - start, plan.blockRows - filled);
        for (const [i, column] of block.columns.entries()) {
          const { data, validity } = vector(i, column.bytes);
          column.copy(data, validity, start, count, filled);
        }
        if (plan.unit !== null && block.units !== null) {
          const { data, validity } = vector(unitAt, plan.unit.bytes);
          plan.unit.encode(data, validity, start, count, block.units, block.folds, filled);
        }
        if (plan.group !== null && block.groups !== null) {
          const { data, validity } = vector(groupAt, plan.group.bytes);
          plan.group.encode(data, validity, start, count, block.groups, null, filled);
        }
        start += count;
        filled += count;
        if (filled < plan.blockRows) continue;
        plan.onProgress?.(firstRow + filled, plan.rowsTotal);
        yield finishBlock(block, filled, firstRow);
        firstRow += filled;
        filled = 0;
        block = next();
      }
    }
    if (filled > 0) {
      plan.onProgress?.(firstRow + filled, plan.rowsTotal);
      yield finishBlock(block, filled, firstRow);
    }
  } finally {
    await ahead.catch(() => undefined);
    connection.closeSync();
  }
}

interface Vector {
  readonly data: Uint8Array;
  readonly validity: Uint8Array | null;
}

/** Null where every row is valid: most vectors of most files. */
function validityOf(mask: Uint8Array | null, rows: number): Uint8Array | null {
  if (mask === null || mask.length === 0) return null;
  const whole = rows >> 3;
  for (let i = 0; i < whole; i++) if (mask[i] !== 0xff) return mask;
  const rest = (1 << (rows & 7)) - 1;
  return rest !== 0 && (mask[whole]! & rest) !== rest ? mask : null;
}

function openBlock(plan: StreamPlan): OpenBlock {
  const rows = plan.rowsTotal === null ? plan.blockRows : Math.min(plan.blockRows, Math.max(1, plan.rowsTotal));
  return {
    columns: plan.columns.map((column) => new BlockColumn(column, rows)),
    units: plan.unit === null ? null : new Uint32Array(bigMemory(rows * 4)),
    folds: plan.unit === null ? null : new Uint8Array(rows),
    groups: plan.group === null ? null : new Uint32Array(rows),
  };
}

function finishBlock(block: OpenBlock, rows: number, firstRow: number): TableBlock {
  const columns = new Map<string, Column>();
  for (const open of block.columns) {
    const column = open.finish(rows);
    columns.set(column.name, column);
  }
  const cut = <T extends Uint32Array | Uint8Array>(values: T): T => values.subarray(0, rows) as T;
  return {
    rows,
    firstRow,
    columns,
    ...(block.units === null || block.folds === null ? {} : { units: cut(block.units), folds: cut(block.folds) }),
    ...(block.groups === null ? {} : { groups: cut(block.groups) }),
  };
}
