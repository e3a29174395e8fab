import type { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Columns of the log's lines, all kinds together. What differs from line to line stays JSON. */
const columns = {
  kind: "VARCHAR",
  id: "VARCHAR",
  key: "VARCHAR",
  request: "VARCHAR",
  at: "DOUBLE",
  time: "DOUBLE",
  model: "VARCHAR",
  version: "VARCHAR",
  routed: "VARCHAR",
  cohort: "VARCHAR",
  arm: "VARCHAR",
  propensity: "DOUBLE",
  unit: "VARCHAR",
  group: "VARCHAR",
  item: "VARCHAR",
  raw: "JSON",
  prepared: "JSON",
  context: "JSON",
  prediction: "JSON",
  classes: "JSON",
  score: "DOUBLE",
  position: "INTEGER",
  milliseconds: "DOUBLE",
  fallback: "VARCHAR",
  marks: "JSON",
  overrides: "JSON",
  door: "VARCHAR",
  error: "VARCHAR",
  name: "VARCHAR",
  label: "JSON",
  source: "VARCHAR",
  record: "JSON",
  problems: "JSON",
  action: "VARCHAR",
} as const;

export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** The lines of segments as a table expression; a torn last line (of a segment in use) is passed over. */
export function segmentTable(files: readonly string[]): string {
  const types = Object.entries(columns)
    .map(([name, type]) => `${quoted(name)}: ${quoted(type)}`)
    .join(", ");
  return `read_json([${files.map(quoted).join(", ")}], format = 'newline_delimited', columns = {${types}}, ignore_errors = true, maximum_object_size = 67108864)`;
}

/** No rows, with the types of the log. */
export function emptyEvents(): string {
  const nothing = Object.entries(columns)
    .map(([name, type]) => `null::${type} as ${identifier(name)}`)
    .join(", ");
  return `(select ${nothing} where false)`;
}

/** An engine in memory; what finds no room there goes into a folder that goes away with the process. */
export async function openEngine(settings: Readonly<Record<string, string>> = {}): Promise<DuckDBInstance> {
  const { DuckDBInstance: Instance } = await import("@duckdb/node-api");
  return Instance.create(":memory:", { temp_directory: join(spillFolder(), randomUUID()), ...settings });
}

let spill: string | null = null;

function spillFolder(): string {
  if (spill !== null) return spill;
  const made = mkdtempSync(join(tmpdir(), "umpire-log-"));
  process.once("exit", () => rmSync(made, { recursive: true, force: true }));
  spill = made;
  return made;
}

/**
 * Reads the whole log of a folder: the view `events`, for as long as the work takes.
 * @param settings of the engine, where the work shares the machine with others
 */
export async function withEvents<T>(
  folder: string,
  work: (connection: DuckDBConnection) => Promise<T>,
  settings: Readonly<Record<string, string>> = {},
): Promise<T> {
  const instance = await openEngine(settings);
  const connection = await instance.connect();
  try {
    await openEvents(connection, folder);
    return await work(connection);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Everything that the log holds, rotated or not, as one view `events`. Rows may repeat; they are told apart by id. */
async function openEvents(connection: DuckDBConnection, folder: string): Promise<void> {
  const segments = ["live", "closed"].flatMap((part) => files(join(folder, part), ".jsonl"));
  const parquet = files(join(folder, "parquet"), ".parquet");
  const names = Object.keys(columns).map(identifier).join(", ");
  const parts = [
    ...(segments.length === 0 ? [] : [`select ${names} from ${segmentTable(segments)}`]),
    ...(parquet.length === 0
      ? []
      : [
          // Files that an older Umpire wrote lack columns.
          `select ${names} from (select * from ${emptyEvents()} union all by name select * from read_parquet([${parquet.map(quoted).join(", ")}], union_by_name = true, hive_partitioning = false))`,
        ]),
  ];
  await connection.run(
    `create or replace temp view events as ${parts.length === 0 ? emptyEvents() : parts.join(" union all ")}`,
  );
}

/** Files below a folder, in order. */
export function files(folder: string, ending: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => join(folder, name));
}

export async function rowsOf(connection: DuckDBConnection, sql: string): Promise<unknown[][]> {
  return (await connection.runAndReadAll(sql)).getRows() as unknown[][];
}
