import type { ColumnSchema } from "../../core/tables/table.ts";
import type { Engine } from "./engine.ts";
import type { PlainFile } from "./file-format.ts";
import { mergeSchemas, parquetRowOrder, parquetSql } from "./parquet-storage.ts";
import { quoteName, quoteText } from "./sql-text.ts";
import type { TextRelation } from "./staging.ts";
import { openText, stageText } from "./staging.ts";
import type { PreparedRelation, Storage, StoredAs } from "./table-source.ts";

let stagings = 0;

/**
 * CSV and JSON: each file is parsed once, its needed columns are staged as Parquet in the scratch folder, and reading
 * goes on from there. A read that needs other columns stages again.
 */
export async function openTextFiles(engine: Engine, files: readonly PlainFile[]): Promise<Storage> {
  const relations: TextRelation[] = [];
  for (const file of files) relations.push(await openText(engine, file));
  const columns = mergeSchemas(files, alignKinds(relations.map((relation) => relation.columns))).columns;
  let staged: { readonly needed: ReadonlyMap<string, StoredAs>; readonly relation: PreparedRelation } | null = null;
  let rows: number | null = null;
  return {
    files: files.map((file) => file.path),
    columns,
    typed: false,
    prepare: async (needed) => {
      if (staged !== null && covers(staged.needed, needed)) return staged.relation;
      const relation = await stageAll(engine, relations, columns, needed);
      staged = { needed, relation };
      return relation;
    },
    countRows: async () => {
      if (rows === null) {
        const sources = staged === null ? relations.map((relation) => relation.from) : [staged.relation.from];
        let total = 0;
        for (const source of sources)
          total += Number((await engine.rows(`SELECT count(*) FROM ${source}`))[0]?.[0] ?? 0);
        rows = total;
      }
      return rows;
    },
    suspects: () => relations.map(({ file, from }) => ({ ...file, from })),
  };
}

async function stageAll(
  engine: Engine,
  relations: readonly TextRelation[],
  columns: readonly ColumnSchema[],
  needed: ReadonlyMap<string, StoredAs>,
): Promise<PreparedRelation> {
  const isCsv = relations[0]?.file.format === "csv";
  const selected = [...needed].map(([name, as]) => {
    const type = columns.find((column) => column.name === name)?.type ?? "VARCHAR";
    return { name, sql: isCsv ? csvColumnSql(name, as) : jsonColumnSql(name, type, as) };
  });
  const id = stagings++;
  const paths: string[] = [];
  for (const [i, relation] of relations.entries()) {
    paths.push(await stageText(engine, relation, selected, `staged-${id}-${i}`));
  }
  const from = parquetSql(paths.map(quoteText).join(", "), paths.length > 1);
  const described = await engine.rows(`DESCRIBE SELECT * FROM ${from}`);
  const types = new Map(described.map(([name, type]) => [String(name), String(type)]));
  return { from, rowOrder: parquetRowOrder, types };
}

/** Parquet has no 128-bit integers (the engine infers them where a JSON column has both signs): their text is kept. */
function jsonColumnSql(name: string, type: string, as: StoredAs): string {
  const column = quoteName(name);
  if (type === "JSON") return `${column} ->> '$'`;
  return as === "text" && /HUGEINT/.test(type) ? `CAST(${column} AS VARCHAR)` : column;
}

function csvColumnSql(name: string, as: StoredAs): string {
  const column = quoteName(name);
  if (as === "text") return column;
  if (as === "time") return `CAST(${column} AS TIMESTAMPTZ)`;
  return `CAST(${column} AS ${as === "boolean" ? "BOOLEAN" : "DOUBLE"})`;
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

function covers(staged: ReadonlyMap<string, StoredAs>, needed: ReadonlyMap<string, StoredAs>): boolean {
  return [...needed].every(([name, as]) => staged.get(name) === as);
}
