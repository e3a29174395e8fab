import { createReadStream } from "node:fs";
import { Failure } from "../../core/failures.ts";
import type { ResolvedKind } from "./column-plan.ts";
import { tryCastSql } from "./column-plan.ts";
import type { Engine } from "./engine.ts";
import type { FileFormat } from "./file-format.ts";
import { quoteName, quoteText } from "./sql-text.ts";

/** A file in which a value may not fit. */
export interface SuspectFile {
  readonly path: string;
  readonly plain: string;
  readonly format: FileFormat;
  readonly from: string;
  /** Lines before the header. */
  readonly preamble?: number;
}

export interface SuspectColumn {
  readonly name: string;
  readonly type: string;
  readonly kind: ResolvedKind;
}

const words: Record<ResolvedKind, string> = {
  number: "a number",
  float32: "a number",
  time: "a time",
  boolean: "true or false",
  category: "a text",
};

/** After a failed cast: finds the first value that does not fit and says where it is. Null when none is found. */
export async function castFailure(
  engine: Engine,
  files: readonly SuspectFile[],
  columns: readonly SuspectColumn[],
): Promise<Failure | null> {
  for (const file of files) {
    for (const column of columns) {
      const name = quoteName(column.name);
      const bad = `v IS NOT NULL AND ${tryCastSql("v", column.type, column.kind)} IS NULL`;
      const [row] = await engine.rows(
        `SELECT count(*), count(*) FILTER (${bad}), min(r) FILTER (${bad}), CAST(arg_min(v, r) FILTER (${bad}) AS VARCHAR) FROM (SELECT row_number() OVER () AS r, ${name} AS v FROM ${file.from})`,
      );
      if (row === undefined || Number(row[1]) === 0) continue;
      return describe(file, column, Number(row[0]), Number(row[1]), Number(row[2]), String(row[3]));
    }
  }
  return null;
}

async function describe(
  file: SuspectFile,
  column: SuspectColumn,
  rows: number,
  bad: number,
  record: number,
  value: string,
): Promise<Failure> {
  const shown = value.length > 60 ? `${value.slice(0, 60)}…` : value;
  const line =
    file.format === "parquet" ? null : await lineOfRecord(file.plain, file.format, record, file.preamble ?? 0);
  const where = line === null ? `${file.path} (row ${record})` : `${file.path}:${line}`;
  const share = rows === 1 ? "" : ` (${bad} of ${rows} values ${bad === 1 ? "is" : "are"} not)`;
  return new Failure("COLUMN_TYPE", {
    where,
    message: `column "${column.name}" is read as ${words[column.kind]} but holds ${quoteText(shown)}${share}`,
    mend: mendOf(column, value),
  });
}

function mendOf(column: SuspectColumn, value: string): string[] {
  if (/^\s*[-+]?\d{1,3}([.\s]\d{3})*,\d+\s*$/.test(value)) {
    return ["the file writes decimal commas: write them as points (0,36 as 0.36)"];
  }
  if (/^\s*(na|n\/a|nan|null|none|nil|-|\?)\s*$/i.test(value)) {
    return ["write a missing value as an empty field (CSV) or null (JSON)"];
  }
  if (column.kind === "time") return ["write times as 2026-01-31 or 2026-01-31T12:00:00Z"];
  if (column.kind !== "number") return [`correct the value, or use "${column.name}" as a category`];
  return [
    `correct the value, or use "${column.name}" as a category; what a model answers is a number (a score, a probability): ` +
      "write high as 1 and low as 0, say",
  ];
}

/** Line (from 1) on which record `record` (from 1) starts; null where lines say nothing (a JSON array on one line). */
async function lineOfRecord(
  plain: string,
  format: "csv" | "json",
  record: number,
  preamble: number,
): Promise<number | null> {
  let wanted = format === "csv" ? record + 1 : record;
  let line = 1;
  let quoted = false;
  let start: number | null = null;
  let first = true;
  for await (const chunk of createReadStream(plain)) {
    const bytes: Buffer = chunk;
    for (const byte of bytes) {
      if (byte === 0x0a) {
        line++;
        // What stands before the header is no record, whatever quotes it holds.
        if (line <= preamble + 1) quoted = false;
        if (!quoted) start = null;
        continue;
      }
      if (byte === 0x0d || (start === null && (byte === 0x20 || byte === 0x09))) continue;
      if (first && format === "json" && byte === 0x5b) return null;
      first = false;
      if (line <= preamble) continue;
      if (start === null) {
        start = line;
        if (--wanted === 0) return start;
      }
      if (byte === 0x22 && format === "csv") quoted = !quoted;
    }
  }
  return null;
}
