import type { DuckDBConnection } from "@duckdb/node-api";
import { form, isIn, numberForms } from "../../core/data-quality/cell-form.ts";
import type { CheckBlock, CheckColumn } from "../../core/data-quality/check-block.ts";
import { dictionaryLimit, dictionaryTextLimit } from "../../core/data-quality/text-dictionary.ts";
import type { PageProblem, ParquetLayout } from "./parquet-pages.ts";
import { parquetColumn, type ParquetColumn, type ParquetKind, type ParquetPlan } from "./parquet-columns.ts";

const blockRows = 16_384;

/** Reads the rows of a Parquet file through the engine, as blocks with codes for texts. */
export class ParquetFile {
  readonly #connection: DuckDBConnection;
  readonly #from: string;
  readonly #close: () => void;
  readonly plans: readonly ParquetPlan[];

  private constructor(connection: DuckDBConnection, from: string, plans: readonly ParquetPlan[], close: () => void) {
    this.#connection = connection;
    this.#from = from;
    this.plans = plans;
    this.#close = close;
  }

  /**
   * @param rowsKept row ranges (from, to) that can be read, where pages are damaged; null reads all
   * @throws Error of the engine where it cannot read the file
   */
  static async open(path: string, damagedGroups: readonly { from: number; to: number }[]): Promise<ParquetFile> {
    const { DuckDBInstance } = await import("@duckdb/node-api");
    const instance = await DuckDBInstance.create(":memory:", {
      memory_limit: "400MB",
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
      preserve_insertion_order: "true",
    });
    const connection = await instance.connect();
    const close = (): void => {
      connection.closeSync();
      instance.closeSync();
    };
    try {
      await connection.run("SET TimeZone = 'UTC'; SET streaming_buffer_size = '32MB'");
      const base = `read_parquet(${literal(path)}, file_row_number = ${damagedGroups.length > 0})`;
      const where = damagedGroups
        .map(({ from, to }) => `(file_row_number < ${from} OR file_row_number >= ${to})`)
        .join(" AND ");
      const from = where === "" ? base : `(SELECT * EXCLUDE (file_row_number) FROM ${base} WHERE ${where})`;
      const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${from}`);
      const columns = described.getRowsJson().map((row) => ({ name: String(row[0]), type: String(row[1]) }));
      return new ParquetFile(connection, from, await planColumns(connection, from, columns), close);
    } catch (error) {
      close();
      throw error;
    }
  }

  async *blocks(): AsyncGenerator<CheckBlock> {
    const { default: bindings } = await import("@duckdb/node-bindings");
    const columns = this.plans.map((plan) => parquetColumn(plan, blockRows + 2048));
    try {
      const result = await this.#connection.stream(
        `SELECT ${this.plans.map((plan, i) => `${plan.sql} AS c${i}`).join(", ")} FROM ${this.#from}`,
      );
      let filled = 0;
      let firstRow = 0;
      for (const column of columns) column.begin();
      for (;;) {
        const chunk = await result.fetchChunk();
        const rows = chunk === null ? 0 : chunk.rowCount;
        if (chunk === null || rows === 0) break;
        for (const [i, column] of columns.entries()) {
          const { bytes } = this.plans[i]!;
          if (bytes === 0) {
            column.values(chunk.getColumnValues(i), filled);
            continue;
          }
          const handle = bindings.data_chunk_get_vector(chunk.chunk, i);
          const data = bindings.vector_get_data(handle, rows * bytes);
          column.copy(
            data,
            validityOf(bindings.vector_get_validity(handle, ((rows + 63) >> 6) * 8), rows),
            rows,
            filled,
          );
        }
        filled += rows;
        if (filled < blockRows) continue;
        yield finishBlock(columns, filled, firstRow);
        firstRow += filled;
        filled = 0;
        for (const column of columns) column.begin();
      }
      if (filled > 0) yield finishBlock(columns, filled, firstRow);
    } finally {
      this.#close();
    }
  }
}

function finishBlock(columns: readonly ParquetColumn[], rows: number, firstRow: number): CheckBlock {
  const lines = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) lines[row] = firstRow + row + 1;
  for (const column of columns) column.end(rows);
  const cells = columns.map((entry) => entry.column);
  return {
    rows,
    lines,
    columns: cells,
    rejects: [],
    raw: (row) => `{${cells.map((column) => `${JSON.stringify(column.name)}:${jsonOf(column, row)}`).join(",")}}`,
  };
}

/** A cell as JSON, numbers and truth values as such; long integers keep their digits. */
function jsonOf(column: CheckColumn, row: number): string {
  const one = column.uniform ?? column.forms[row]!;
  if (one === form.empty || one === form.notANumber) return "null";
  if (one === form.boolean) return column.numbers[row] === 1 ? "true" : "false";
  if (isIn(numberForms, one)) return column.text(row);
  return JSON.stringify(column.text(row));
}

/** Null where every row is valid. */
function validityOf(mask: Uint8Array | null, rows: number): Uint8Array | null {
  if (mask === null || mask.length === 0) return null;
  for (let row = 0; row < rows; row++) if ((mask[row >> 3]! & (1 << (row & 7))) === 0) return mask;
  return null;
}

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

async function planColumns(
  connection: DuckDBConnection,
  from: string,
  columns: readonly { name: string; type: string }[],
): Promise<ParquetPlan[]> {
  const long = await longIntegers(connection, from, columns);
  const coded = await dictionaries(connection, from, columns);
  const plans: ParquetPlan[] = [];
  for (const { name, type } of columns) {
    const quoted = identifier(name);
    const plan = (kind: ParquetKind, sql: string, bytes: number, texts: readonly string[] = []): ParquetPlan => ({
      name,
      type,
      kind,
      sql,
      bytes,
      texts,
    });
    if (/^(U?(TINY|SMALL|BIG)?INT(EGER)?)$/.test(type)) {
      plans.push(
        long.has(name)
          ? plan("text", `CAST(${quoted} AS VARCHAR)`, 0)
          : plan("integer", `CAST(${quoted} AS DOUBLE)`, 8),
      );
    } else if (/^(U?HUGEINT)$/.test(type)) plans.push(plan("text", `CAST(${quoted} AS VARCHAR)`, 0));
    else if (/^(FLOAT|DOUBLE|DECIMAL.*)$/.test(type)) plans.push(plan("decimal", `CAST(${quoted} AS DOUBLE)`, 8));
    else if (type === "BOOLEAN") plans.push(plan("boolean", quoted, 1));
    else if (type === "DATE") plans.push(plan("date", `CAST(epoch_ms(CAST(${quoted} AS TIMESTAMP)) AS DOUBLE)`, 8));
    else if (type.startsWith("TIMESTAMP")) {
      const zoned = /ZONE/.test(type);
      plans.push(plan(zoned ? "zoned" : "time", `CAST(epoch_ms(CAST(${quoted} AS TIMESTAMP)) AS DOUBLE)`, 8));
    } else if (coded.has(name)) {
      const texts = coded.get(name)!;
      const enumName = `texts_${plans.length}`;
      await connection.run(`CREATE TYPE ${enumName} AS ENUM (${texts.map(literal).join(", ")})`);
      const bytes = texts.length <= 255 ? 1 : texts.length <= 65_535 ? 2 : 4;
      plans.push(plan("coded", `CAST(CAST(${quoted} AS VARCHAR) AS ${enumName})`, bytes, texts));
    } else plans.push(plan("text", `CAST(${quoted} AS VARCHAR)`, 0));
  }
  return plans;
}

/** Columns of 64-bit integers that leave the range of doubles; Parquet's statistics answer without reading rows. */
async function longIntegers(
  connection: DuckDBConnection,
  from: string,
  columns: readonly { name: string; type: string }[],
): Promise<Set<string>> {
  const wide = columns.filter(({ type }) => type === "BIGINT" || type === "UBIGINT");
  if (wide.length === 0) return new Set();
  const asked = wide.map(
    ({ name }) => `max(${identifier(name)}) > 9007199254740991 OR min(${identifier(name)}) < -9007199254740991`,
  );
  const result = await connection.runAndReadAll(`SELECT ${asked.join(", ")} FROM ${from}`);
  const answers = result.getRowsJson()[0] ?? [];
  return new Set(wide.filter((_, i) => answers[i] === true).map(({ name }) => name));
}

/** Texts become codes where a dictionary takes them all. One look at the first rows tells which columns to try. */
async function dictionaries(
  connection: DuckDBConnection,
  from: string,
  columns: readonly { name: string; type: string }[],
): Promise<Map<string, string[]>> {
  const texts = columns.filter(({ type }) => type === "VARCHAR" || type.startsWith("ENUM"));
  if (texts.length === 0) return new Map();
  const counts = texts.map(({ name }) => `count(DISTINCT ${identifier(name)})`).join(", ");
  const looked = await connection.runAndReadAll(`SELECT ${counts} FROM (SELECT * FROM ${from} LIMIT 20000)`);
  const few = texts.filter((_, i) => Number(looked.getRowsJson()[0]?.[i] ?? 0) <= 5000);
  if (few.length === 0) return new Map();
  const lists = few.map(({ name }) => `list(DISTINCT CAST(${identifier(name)} AS VARCHAR))`).join(", ");
  const all = await connection.runAndReadAll(`SELECT ${lists} FROM ${from}`);
  const found = new Map<string, string[]>();
  few.forEach(({ name }, i) => {
    const list = (all.getRowsJson()[0]?.[i] ?? []) as (string | null)[];
    const values = list.filter((text) => text !== null).sort();
    const fits = values.length > 0 && values.length <= dictionaryLimit;
    if (fits && values.every((text) => text.length <= dictionaryTextLimit && !text.includes("\0")))
      found.set(name, values);
  });
  return found;
}

/** Row groups and columns that the engine cannot read, tried one by one. */
export async function findUnreadable(path: string, layout: ParquetLayout): Promise<PageProblem[]> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:", {
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
  });
  const connection = await instance.connect();
  const reads = (column: string, where: string): Promise<boolean> =>
    connection
      .run(
        `SELECT max(hash(${identifier(column)})) FROM read_parquet(${literal(path)}, file_row_number = true)${where}`,
      )
      .then(
        () => true,
        () => false,
      );
  const problems: PageProblem[] = [];
  for (const column of layout.columns.slice(0, 1000)) {
    if (await reads(column, "")) continue;
    let first = 0;
    for (const [rowGroup, { rows }] of layout.rowGroups.entries()) {
      const where = ` WHERE file_row_number >= ${first} AND file_row_number < ${first + rows}`;
      if (!(await reads(column, where)))
        problems.push({ rowGroup, column, rows, says: "decompression error or damaged values", at: null, after: null });
      first += rows;
    }
  }
  connection.closeSync();
  instance.closeSync();
  return problems;
}
