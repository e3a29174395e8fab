import { Failure } from "../../core/failures.ts";
import type { Note } from "../../core/findings.ts";
import { nearest } from "../../core/nearest.ts";
import type { Frame } from "../../core/profile/frame.ts";
import { isCategoryFrame } from "../../core/profile/frame.ts";
import type { ColumnSchema } from "../../core/tables/table.ts";
import type { ColumnRequest } from "../ports/table-reader.ts";

export interface ColumnChoice {
  /** Only these; all when empty. */
  readonly columns: readonly string[];
  readonly exclude: readonly string[];
}

/**
 * Columns of a table that take part.
 * @throws Failure COLUMN_MISSING for a named column that is not there, with the nearest names
 */
export function chosenColumns(schema: readonly ColumnSchema[], choice: ColumnChoice, where: string): ColumnSchema[] {
  const names = schema.map((column) => column.name);
  for (const name of [...choice.columns, ...choice.exclude]) requireColumn(name, names, where);
  return schema.filter(
    (column) =>
      (choice.columns.length === 0 || choice.columns.includes(column.name)) && !choice.exclude.includes(column.name),
  );
}

export function requireColumn(name: string, names: readonly string[], where: string): void {
  if (names.includes(name)) return;
  const close = nearest(name, names);
  throw new Failure("COLUMN_MISSING", {
    where,
    message: `there is no column "${name}"`,
    mend: [close.length > 0 ? `nearest: ${close.join(", ")}` : `columns: ${names.slice(0, 12).join(", ")}`],
  });
}

/** How the columns of a frame are to be read from another file. */
export function requestsOf(frame: Frame, present: ReadonlySet<string>): ColumnRequest[] {
  return frame.columns
    .filter((column) => present.has(column.name))
    .map((column) => ({
      name: column.name,
      as: column.kind === "text" ? "category" : isCategoryFrame(column) ? column.kind : column.kind,
    }));
}

export interface MatchedColumns {
  /** In both files with kinds that can be compared. */
  readonly shared: readonly string[];
  readonly onlyInReference: readonly string[];
  readonly onlyInCurrent: readonly string[];
  readonly notes: readonly Note[];
}

/** Matches two tables by column name; a column of another kind is left out with an error note, because no test can be made. */
export function matchColumns(
  reference: ReadonlyArray<{ readonly name: string; readonly kind: string }>,
  current: ReadonlyArray<{ readonly name: string; readonly kind: string }>,
): MatchedColumns {
  const now = new Map(current.map((column) => [column.name, column.kind]));
  const before = new Set(reference.map((column) => column.name));
  const shared: string[] = [];
  const notes: Note[] = [];
  for (const { name, kind } of reference) {
    const other = now.get(name);
    if (other === undefined) continue;
    if (readable(kind) && readable(other) && family(kind) === family(other)) shared.push(name);
    else if (readable(kind) || readable(other)) {
      notes.push({
        code: "kind-changed",
        severity: "error",
        message: `${name} is ${word(kind)} in the reference and ${word(other)} now: not compared`,
        mend: ["umpire check names the values that do not fit"],
      });
    } else {
      notes.push({
        code: "kind-unread",
        severity: "info",
        message: `${name} is of a type that is not compared (${other})`,
      });
    }
  }
  return {
    shared,
    onlyInReference: reference.filter((column) => !now.has(column.name)).map((column) => column.name),
    onlyInCurrent: current.filter((column) => !before.has(column.name)).map((column) => column.name),
    notes,
  };
}

function readable(kind: string): boolean {
  return kind !== "other";
}
function family(kind: string): string {
  return kind === "text" ? "category" : kind;
}
function word(kind: string): string {
  return { category: "text", number: "a number", time: "a time", boolean: "true or false" }[family(kind)] ?? kind;
}

const timeNames = ["timestamp", "event_time", "time", "datetime", "date", "created_at", "ts"];

/** The column that orders the rows in time: the one that was named, else by name, else the only one of kind time; null when unclear. */
export function timeColumn(schema: readonly ColumnSchema[], named: string | null, where: string): string | null {
  if (named !== null) {
    requireColumn(
      named,
      schema.map((column) => column.name),
      where,
    );
    return named;
  }
  const times = schema.filter((column) => column.kind === "time").map((column) => column.name);
  const known = timeNames.find((name) => times.some((time) => time.toLowerCase() === name));
  if (known !== undefined) return times.find((time) => time.toLowerCase() === known) ?? null;
  return times.length === 1 ? times[0]! : null;
}
