import { Failure } from "../../core/failures.ts";
import type { ColumnSchema } from "../../core/tables/table.ts";
import { kindOfType } from "./column-types.ts";
import { engineFailure } from "./engine-failure.ts";
import type { Engine } from "./engine.ts";
import type { PlainFile } from "./file-format.ts";
import { quoteText } from "./sql-text.ts";
import type { Storage } from "./storage.ts";

/** Grows in file order: files in the order named, rows as they stand. */
export const parquetRowOrder = "(CAST(file_index AS UBIGINT) * 1099511627776 + CAST(file_row_number AS UBIGINT))";

/** @throws Failure FILE_UNREADABLE, COLUMN_MISSING, COLUMN_TYPE where files differ in their columns */
export async function openParquet(engine: Engine, files: readonly PlainFile[]): Promise<Storage> {
  const schemas: ColumnSchema[][] = [];
  for (const file of files) schemas.push(await parquetSchema(engine, file));
  const { columns: own, widened } = mergeSchemas(files, schemas);
  const hive = hasPartitions(files, own);
  const list = files.map((file) => quoteText(file.plain)).join(", ");
  const from = parquetSql(list, widened, hive);
  const columns = hive ? await describeColumns(engine, from) : own;
  const types = new Map(columns.map((column) => [column.name, column.type]));
  let rows: number | null = null;
  return {
    files: files.map((file) => file.path),
    columns,
    typed: true,
    prepare: async () => ({ from, rowOrder: parquetRowOrder, types }),
    countRows: async () => {
      if (rows === null) {
        const [row] = await engine.rows(`SELECT sum(num_rows) FROM parquet_file_metadata([${list}])`);
        rows = Number(row?.[0] ?? 0);
      }
      return rows;
    },
    suspects: () => files.map((file) => ({ ...file, from: parquetSql(quoteText(file.plain), false, hive) })),
  };
}

export function parquetSql(list: string, widened: boolean, hive = false): string {
  return `read_parquet([${list}], hive_partitioning = ${hive}${widened ? ", union_by_name = true" : ""})`;
}

/**
 * True for files in folders named `column=value` (as Spark and others partition) whose columns are not in the files:
 * then the folders hold a column. A name that is in the files as well means what the files say.
 */
function hasPartitions(files: readonly PlainFile[], columns: readonly ColumnSchema[]): boolean {
  if (files.length < 2) return false;
  const keysOf = (path: string): string =>
    path
      .split(/[\\/]/)
      .slice(0, -1)
      .flatMap((part) => /^([^=]+)=/.exec(part)?.[1] ?? [])
      .join("/");
  const keys = keysOf(files[0]?.plain ?? "");
  if (keys === "" || files.some((file) => keysOf(file.plain) !== keys)) return false;
  const names = new Set(columns.map((column) => column.name.toLowerCase()));
  return keys.split("/").every((key) => !names.has(key.toLowerCase()));
}

async function parquetSchema(engine: Engine, file: PlainFile): Promise<ColumnSchema[]> {
  try {
    return await describeColumns(engine, parquetSql(quoteText(file.plain), false));
  } catch (error) {
    throw engineFailure(error, file.path);
  }
}

async function describeColumns(engine: Engine, from: string): Promise<ColumnSchema[]> {
  const rows = await engine.rows(`DESCRIBE SELECT * FROM ${from}`);
  return rows.map(([name, type]) => ({ name: String(name), kind: kindOfType(String(type)), type: String(type) }));
}

/**
 * The columns that all files share. Column order may differ, and number types may (the wider one is taken).
 * @throws Failure COLUMN_MISSING, COLUMN_TYPE naming the file that differs from the first
 */
export function mergeSchemas(
  files: readonly { readonly path: string }[],
  schemas: readonly (readonly ColumnSchema[])[],
): { columns: ColumnSchema[]; widened: boolean } {
  const [first, ...others] = schemas;
  const columns = new Map((first ?? []).map((column) => [column.name, column]));
  let widened = false;
  for (const [i, schema] of others.entries()) {
    const path = files[i + 1]?.path ?? "";
    const firstPath = files[0]?.path ?? "";
    const names = new Set(schema.map((column) => column.name));
    const missing = [...columns.keys()].filter((name) => !names.has(name));
    const extra = schema.filter((column) => !columns.has(column.name)).map((column) => column.name);
    if (missing.length > 0 || extra.length > 0) {
      const lacks = missing.length > 0 ? `lacks ${listed(missing)}` : "";
      const has = extra.length > 0 ? `has ${listed(extra)}` : "";
      throw new Failure("COLUMN_MISSING", {
        where: path,
        message: `the file has other columns than ${firstPath}: it ${[lacks, has].filter(Boolean).join(" and ")}`,
        mend: ["give all files of the list the same columns, or name fewer files"],
      });
    }
    for (const column of schema) {
      const known = columns.get(column.name);
      if (known === undefined || known.type === column.type) continue;
      if (known.kind !== column.kind) {
        throw new Failure("COLUMN_TYPE", {
          where: path,
          message: `column "${column.name}" is ${column.type} here and ${known.type} in ${firstPath}`,
          mend: ["write it with one type in all files"],
        });
      }
      widened = true;
      if (known.kind === "number") columns.set(column.name, { ...known, type: widerNumber(known.type, column.type) });
    }
  }
  return { columns: [...columns.values()], widened };
}

function widerNumber(a: string, b: string): string {
  const order = ["TINYINT", "SMALLINT", "INTEGER", "BIGINT"];
  const [i, j] = [order.indexOf(a), order.indexOf(b)];
  return i >= 0 && j >= 0 ? order[Math.max(i, j)]! : "DOUBLE";
}

function listed(names: readonly string[]): string {
  return (
    names
      .slice(0, 5)
      .map((name) => `"${name}"`)
      .join(", ") + (names.length > 5 ? `, … (${names.length})` : "")
  );
}
