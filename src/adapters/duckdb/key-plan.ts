import type { Engine } from "./engine.ts";
import { isInteger, textSql } from "./column-types.ts";
import { quoteName } from "./sql-text.ts";
import { KeyCodes, OffsetCodes } from "./unit-codes.ts";

/** How units or groups come out of the engine: a 64-bit hash of the text, or a small integer. */
export interface KeyPlan {
  readonly sql: string;
  readonly bytes: 4 | 8;
  /** Writes codes (and folds) of `count` values from row `start` of a vector to row `at`. */
  encode(
    data: Uint8Array,
    validity: Uint8Array | null,
    start: number,
    count: number,
    codes: Uint32Array,
    folds: Uint8Array | null,
    at: number,
  ): void;
}

/** Largest span of integer keys that is coded by a table of 4 bytes per possible key. */
const tableSpan = 1 << 24;

/**
 * Plans the codes of the columns that together name a unit (with folds) or a list (without). Several columns are one
 * text, each followed by "\u001f".
 *
 * Texts are told apart by the engine's 64-bit hash: among a million units, two fall together with probability 3e-8.
 */
export async function planKey(
  engine: Engine,
  from: string,
  columns: readonly { readonly name: string; readonly type: string }[],
  withFolds: boolean,
): Promise<KeyPlan> {
  const [first] = columns;
  if (columns.length === 1 && first !== undefined && isInteger(first.type)) {
    const name = quoteName(first.name);
    const [row] = await engine.rows(`SELECT CAST(min(${name}) AS VARCHAR), CAST(max(${name}) AS VARCHAR) FROM ${from}`);
    const minimum = BigInt(row?.[0] ?? 0);
    const span = BigInt(row?.[1] ?? 0) - minimum;
    if (span < tableSpan) return planOffset(name, minimum, Number(span), withFolds);
  }
  return planHash(engine, from, keyText(columns), withFolds);
}

/** SQL of the text that names a unit. A null is the empty text. */
function keyText(columns: readonly { readonly name: string; readonly type: string }[]): string {
  const parts = columns.map(({ name, type }) => `coalesce(${textSql(quoteName(name), type)}, '')`);
  return parts.length === 1 ? parts[0]! : parts.map((part) => `${part} || chr(31)`).join(" || ");
}

function planOffset(name: string, minimum: bigint, span: number, withFolds: boolean): KeyPlan {
  const keys = new OffsetCodes(minimum, span, withFolds);
  return {
    sql: `CAST(CAST(${name} AS HUGEINT) - (${minimum}) AS INTEGER)`,
    bytes: 4,
    encode: (data, validity, start, count, codes, folds, at) => {
      const offsets = new Int32Array(data.buffer, data.byteOffset + start * 4, count);
      for (let i = 0; i < count; i++) {
        const row = start + i;
        const valid = validity === null || ((validity[row >> 3]! >> (row & 7)) & 1) === 1;
        const code = valid ? keys.code(offsets[i]!) : keys.codeOfNull();
        codes[at + i] = code;
        if (folds !== null) folds[at + i] = keys.foldOf(code);
      }
    },
  };
}

async function planHash(engine: Engine, from: string, text: string, withFolds: boolean): Promise<KeyPlan> {
  const keys = new KeyCodes();
  if (withFolds) await announceFolds(engine, from, text, keys);
  return {
    sql: `hash(${text})`,
    bytes: 8,
    encode: (data, _validity, start, count, codes, folds, at) => {
      const words = new Uint32Array(data.buffer, data.byteOffset + start * 8, count * 2);
      keys.encode(words, count, codes, folds, at);
    },
  };
}

/** SHA-256 once per distinct unit, in the engine. */
async function announceFolds(engine: Engine, from: string, text: string, keys: KeyCodes): Promise<void> {
  const { default: bindings } = await import("@duckdb/node-bindings");
  const result = await engine.connection.stream(
    `SELECT hash(t), CAST('0x' || substr(sha256(t), 1, 2) AS UTINYINT) FROM (SELECT DISTINCT ${text} AS t FROM ${from})`,
  );
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    const rows = chunk.rowCount;
    const hashes = bindings.vector_get_data(bindings.data_chunk_get_vector(chunk.chunk, 0), rows * 8);
    const folds = bindings.vector_get_data(bindings.data_chunk_get_vector(chunk.chunk, 1), rows);
    const words = new Uint32Array(hashes.buffer, hashes.byteOffset, rows * 2);
    for (let i = 0; i < rows; i++) keys.announce(words[2 * i]!, words[2 * i + 1]!, folds[i]!);
  }
}
