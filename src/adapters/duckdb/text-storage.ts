import type { ColumnSchema } from "../../core/tables/table.ts";
import { engineFailure } from "./engine-failure.ts";
import type { Engine } from "./engine.ts";
import type { PlainFile } from "./file-format.ts";
import { mergeSchemas, parquetRowOrder, parquetSql } from "./parquet-storage.ts";
import { quoteName, quoteText } from "./sql-text.ts";
import type { TextRelation } from "./staging.ts";
import { openText, stageText } from "./staging.ts";
import type { PreparedRelation, Storage } from "./storage.ts";

let stagings = 0;

/**
 * CSV and JSON: each file is parsed once, whole, and staged as Parquet in the scratch folder; every read goes on from
 * there. Values of a CSV stay text until a read asks for numbers or times.
 */
export async function openTextFiles(engine: Engine, files: readonly PlainFile[]): Promise<Storage> {
  const relations: TextRelation[] = [];
  for (const file of files) relations.push(await openText(engine, file));
  const columns = mergeSchemas(files, alignKinds(relations.map((relation) => relation.columns))).columns;
  let staged: Promise<PreparedRelation> | null = null;
  const prepare = (): Promise<PreparedRelation> => {
    staged ??= stageAll(engine, relations, columns);
    return staged;
  };
  return {
    files: files.map((file) => file.path),
    columns,
    typed: false,
    prepare,
    countRows: async () => Number((await engine.rows(`SELECT count(*) FROM ${(await prepare()).from}`))[0]?.[0] ?? 0),
    suspects: () => relations.map(({ file, from, preamble }) => ({ ...file, from, preamble })),
  };
}

async function stageAll(
  engine: Engine,
  relations: readonly TextRelation[],
  columns: readonly ColumnSchema[],
): Promise<PreparedRelation> {
  const isCsv = relations[0]?.file.format === "csv";
  const selected = columns
    .filter((column) => column.kind !== "other")
    .map(({ name, type }) => ({ name, sql: isCsv ? quoteName(name) : jsonColumnSql(name, type) }));
  const id = stagings++;
  const paths: string[] = [];
  for (const [i, relation] of relations.entries()) {
    try {
      paths.push(await stageText(engine, relation, selected, `staged-${id}-${i}`));
    } catch (error) {
      throw engineFailure(error, relation.file.path);
    }
  }
  const from = parquetSql(paths.map(quoteText).join(", "), paths.length > 1);
  const described = await engine.rows(`DESCRIBE SELECT * FROM ${from}`);
  const types = new Map(described.map(([name, type]) => [String(name), String(type)]));
  return { from, rowOrder: parquetRowOrder, types };
}

/** Parquet has no 128-bit integers (the engine infers them where a JSON column has both signs): their text is kept. */
function jsonColumnSql(name: string, type: string): string {
  const column = quoteName(name);
  if (type === "JSON") return `${column} ->> '$'`;
  return type.includes("HUGEINT") ? `CAST(${column} AS VARCHAR)` : column;
}

/** A column that is empty in the sample of one file takes the kind that the others give it; number and text is text. */
function alignKinds(schemas: readonly (readonly ColumnSchema[])[]): ColumnSchema[][] {
  const kinds = new Map<string, ColumnSchema>();
  for (const schema of schemas) {
    for (const column of schema) {
      const known = kinds.get(column.name);
      if (known === undefined || known.type === column.type) kinds.set(column.name, column);
      else if (known.kind === "number" && column.kind === "number")
        kinds.set(column.name, { ...known, type: "DOUBLE" });
      else kinds.set(column.name, { name: column.name, kind: "category", type: "VARCHAR" });
    }
  }
  return schemas.map((schema) => schema.map((column) => kinds.get(column.name) ?? column));
}
