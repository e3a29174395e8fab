import { createReadStream, createWriteStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { Failure } from "../../core/failures.ts";
import type { ColumnSchema } from "../../core/tables/table.ts";
import { kindOfType } from "./column-types.ts";
import type { CsvDialect } from "./csv-dialect.ts";
import { checkLastLine, readCsvDialect } from "./csv-dialect.ts";
import { engineFailure } from "./engine-failure.ts";
import type { Engine } from "./engine.ts";
import type { PlainFile } from "./file-format.ts";
import { refuseDeepJson } from "./json-depth.ts";
import { refuseBadLine } from "./json-lines.ts";
import { quoteName, quoteText } from "./sql-text.ts";

let copies = 0;

/** Rows at the top of a text file from which the kinds of its columns are inferred. */
const sampleRows = 50_000;

/** A text file as a relation of the engine: how to select from it and what its columns are. */
export interface TextRelation {
  readonly file: PlainFile;
  readonly from: string;
  readonly columns: readonly ColumnSchema[];
  /** Lines before the header of a CSV. */
  readonly preamble: number;
}

/**
 * Opens a CSV or JSON file: names and kinds of its columns.
 * CSV is read with every option explicit and every value as text; kinds come from the first 50,000 rows.
 */
export async function openText(engine: Engine, file: PlainFile): Promise<TextRelation> {
  try {
    return file.format === "csv" ? await openCsv(engine, file) : await openJson(engine, file);
  } catch (error) {
    if (file.format === "json" && !(error instanceof Failure)) await refuseBadLine(file);
    throw engineFailure(error, file.path);
  }
}

async function openCsv(engine: Engine, file: PlainFile): Promise<TextRelation> {
  const dialect = readCsvDialect(file.plain, file.path, file.delimiter);
  checkLastLine(file.plain, file.path, dialect);
  if (dialect.quotedPreamble > 0) {
    return openCsvAs(
      engine,
      { ...file, plain: await withoutQuotes(file, dialect.quotedPreamble, engine.scratch) },
      dialect,
    );
  }
  return openCsvAs(engine, file, dialect);
}

/** A copy in the scratch folder whose lines before the header hold no quotes; the same lines all the same. */
async function withoutQuotes(file: PlainFile, bytes: number, scratch: string): Promise<string> {
  const path = join(scratch, `preamble-${copies++}`);
  let at = 0;
  await pipeline(
    createReadStream(file.plain),
    async function* (pieces: AsyncIterable<Buffer>) {
      for await (const piece of pieces) {
        for (let i = 0; at + i < bytes && i < piece.length; i++) if (piece[i] === 0x22) piece[i] = 0x20;
        at += piece.length;
        yield piece;
      }
    },
    createWriteStream(path),
  );
  return path;
}

async function openCsvAs(engine: Engine, file: PlainFile, dialect: CsvDialect): Promise<TextRelation> {
  let from = csvSql(file, dialect, true);
  let kinds: ColumnSchema[];
  try {
    kinds = await inferKinds(engine, from, dialect.names);
  } catch (error) {
    // Mixed line ends are a fault only to the strict parser, and no other fault reads like this one.
    if (!(error instanceof Error && /invalid state/i.test(error.message))) throw error;
    from = csvSql(file, dialect, false);
    kinds = await inferKinds(engine, from, dialect.names);
  }
  return { file, from, columns: kinds, preamble: dialect.preamble };
}

function csvSql(file: PlainFile, dialect: CsvDialect, strict: boolean): string {
  const columns = dialect.names.map((name) => `${quoteText(name)}: 'VARCHAR'`).join(", ");
  return (
    `read_csv(${quoteText(file.plain)}, auto_detect = false, header = true, skip = ${dialect.preamble}, delim = ${quoteText(dialect.delimiter)}, ` +
    `quote = '"', escape = '"', nullstr = '', hive_partitioning = false, compression = 'none', strict_mode = ${strict}, buffer_size = 16000000, max_line_size = 4000000, ` +
    `columns = {${columns}})`
  );
}

/** Columns whose kinds are asked for in one statement: the engine holds five vectors for each of them. */
const columnsAtOnce = 400;
/** Values that the sample of a wider file holds. */
const wideSampleCells = 4_000_000;

async function inferKinds(engine: Engine, from: string, names: readonly string[]): Promise<ColumnSchema[]> {
  const kinds: ColumnSchema[] = [];
  const rows = names.length <= columnsAtOnce ? sampleRows : Math.max(500, Math.floor(wideSampleCells / names.length));
  for (let i = 0; i < names.length; i += columnsAtOnce) {
    kinds.push(...(await inferSome(engine, from, names.slice(i, i + columnsAtOnce), rows)));
  }
  return kinds;
}

/** CASE and not FILTER: for each filtered aggregate the engine keeps a copy of all columns, 16 GB at 1,900 of them. */
async function inferSome(
  engine: Engine,
  from: string,
  names: readonly string[],
  rows: number,
): Promise<ColumnSchema[]> {
  const tests = names.map((name) => {
    const column = quoteName(name);
    return [
      `count(${column})`,
      `count(CASE WHEN regexp_full_match(${column}, '\\s*[+-]?\\d{1,18}\\s*') THEN 1 END)`,
      `count(TRY_CAST(${column} AS DOUBLE))`,
      `count(CASE WHEN lower(${column}) IN ('true', 'false') THEN 1 END)`,
      `count(TRY_CAST(${column} AS TIMESTAMPTZ))`,
    ].join(", ");
  });
  const chosen = names.map(quoteName).join(", ");
  const [row] = await engine.rows(`SELECT ${tests.join(", ")} FROM (SELECT ${chosen} FROM ${from} LIMIT ${rows})`);
  return names.map((name, i) => {
    const [filled, whole, number, boolean, time] = (row ?? []).slice(i * 5, i * 5 + 5).map(Number);
    if (filled === 0) return { name, kind: "category", type: "VARCHAR" };
    if (whole === filled) return { name, kind: "number", type: "BIGINT" };
    if (number === filled) return { name, kind: "number", type: "DOUBLE" };
    if (boolean === filled) return { name, kind: "boolean", type: "BOOLEAN" };
    if (time === filled) return { name, kind: "time", type: "TIMESTAMP" };
    return { name, kind: "category", type: "VARCHAR" };
  });
}

async function openJson(engine: Engine, file: PlainFile): Promise<TextRelation> {
  await refuseDeepJson(file);
  const source = quoteText(file.plain);
  const from = `read_json(${source}, compression = 'uncompressed', hive_partitioning = false, sample_size = -1, maximum_depth = 4, maximum_object_size = 16777216)`;
  const rows = await engine.rows(`DESCRIBE SELECT * FROM ${from}`);
  const columns = rows.map(([name, type]): ColumnSchema => {
    return { name: String(name), kind: kindOfType(String(type)), type: String(type) };
  });
  if (columns.every((column) => column.kind === "other") || (columns.length === 1 && columns[0]?.name === "json")) {
    throw new Failure("FILE_UNREADABLE", {
      where: file.path,
      message: "the JSON is not a table: neither an array of records nor one record a line",
      mend: ["write the records as one array of flat objects, or one object a line"],
    });
  }
  return { file, from, columns, preamble: 0 };
}

/** The requested columns of a text file as Parquet in the scratch folder: parsed once, then read like any Parquet. */
export async function stageText(
  engine: Engine,
  relation: TextRelation,
  columns: readonly { readonly name: string; readonly sql: string }[],
  name: string,
): Promise<string> {
  const path = join(engine.scratch, `${name}.parquet`);
  const selected = columns.map((column) => `${column.sql} AS ${quoteName(column.name)}`).join(", ");
  await engine.connection.run(
    `COPY (SELECT ${selected === "" ? "0 AS umpire_row" : selected} FROM ${relation.from}) TO ${quoteText(path)} (FORMAT parquet, COMPRESSION lz4_raw)`,
  );
  return path;
}
