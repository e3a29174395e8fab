import { Failure } from "../../core/failures.ts";
import type { Note } from "../../core/findings.ts";
import { createRowSampler } from "../../core/profile/row-sample.ts";
import type { JoinedRows, SkewSpec } from "../../core/skew/compare-features.ts";
import { compareFeatures } from "../../core/skew/compare-features.ts";
import type { Cell } from "../../core/skew/expression.ts";
import { columnsOf } from "../../core/skew/expression.ts";
import type { SkewDocument } from "../../core/skew/skew-document.ts";
import { skewReason } from "../../core/skew/skew-document.ts";
import type { Column, Table } from "../../core/tables/table.ts";
import { requireColumn, timeColumn } from "../drift/match-columns.ts";
import type { ColumnRequest, TableReader, TableSource } from "../ports/table-reader.ts";

export interface SkewRequest {
  readonly raw: readonly string[];
  readonly logged: readonly string[];
  /** Null compares columns of the same name as they are. */
  readonly spec: SkewSpec | null;
  readonly id: string | null;
  readonly time: string | null;
  /** Share of affected rows that is accepted. */
  readonly limit: number;
}

export interface SkewTools {
  readonly reader: TableReader;
  readonly progress: (what: string, rowsDone: number, rowsTotal: number | null) => void;
  readonly signal: AbortSignal;
}

const defaultTolerance = 1e-6;

/** Joins raw and logged rows of the same requests, recomputes the features and compares. Both tables are held in memory. */
export async function skewFiles(request: SkewRequest, tools: SkewTools): Promise<SkewDocument> {
  const rawSource = await tools.reader.open(request.raw);
  const loggedSource = await tools.reader.open(request.logged);
  const where = { raw: request.raw[0] ?? "", logged: request.logged[0] ?? "" };
  const id = idColumn(rawSource, loggedSource, request.id, where);
  const time = timeColumn(rawSource.columns, request.time, where.raw);
  const spec = request.spec ?? copySpec(rawSource, loggedSource, id, time);
  const inputs = new Set(spec.features.flatMap((feature) => columnsOf(feature.expression)));
  const rawNames = rawSource.columns.map((column) => column.name);
  const loggedNames = loggedSource.columns.map((column) => column.name);
  for (const name of inputs) requireColumn(name, rawNames, where.raw);
  for (const feature of spec.features) requireColumn(feature.name, loggedNames, where.logged);
  const raw = await readAll(rawSource, [...inputs, ...(time === null ? [] : [time])], id, "raw", tools);
  const logged = await readAll(
    loggedSource,
    spec.features.map((feature) => feature.name),
    id,
    "logged",
    tools,
  );
  const join = joinRows(raw, logged, id);
  if (join.pairs.length === 0) {
    throw new Failure("DATA", {
      where: where.logged,
      message: `no value of "${id}" is in both tables, so no request can be compared`,
      mend: ["name the column that both share: --id COLUMN"],
    });
  }
  const { features, affected } = compareFeatures(joinedRows(raw, logged, id, time, join.pairs), spec);
  const share = affected / join.pairs.length;
  const notes: Note[] =
    join.repeated === 0
      ? []
      : [
          {
            code: "repeated-id",
            severity: "warning",
            message: `${join.repeated} rows repeat an id: the first of each side is compared`,
          },
        ];
  return {
    schema: "umpire.skew/1",
    outcome: share > request.limit ? "skew" : "no-skew",
    reason: skewReason(features, join.pairs.length),
    raw: { files: request.raw, rows: raw.rows },
    logged: { files: request.logged, rows: logged.rows },
    rows: { joined: join.pairs.length, only_raw: join.onlyRaw, only_logged: join.onlyLogged, repeated: join.repeated },
    affected_rows: affected,
    affected_share: share,
    limit: request.limit,
    tolerance: spec.tolerance,
    features,
    notes,
  };
}

function idColumn(
  raw: TableSource,
  logged: TableSource,
  named: string | null,
  where: { raw: string; logged: string },
): string {
  const left = raw.columns.map((column) => column.name);
  const right = logged.columns.map((column) => column.name);
  if (named !== null) {
    requireColumn(named, left, where.raw);
    requireColumn(named, right, where.logged);
    return named;
  }
  const found = left.filter((name) => right.includes(name) && /(^|_)id$/i.test(name));
  if (found.length === 1) return found[0]!;
  throw new Failure("USAGE", {
    message:
      found.length === 0
        ? "which column names a request in both tables is not clear"
        : `several columns could name a request: ${found.join(", ")}`,
    mend: ["name it: --id COLUMN, or id: in the specification"],
  });
}

/** Without a specification every shared column must be the same on both sides. */
function copySpec(raw: TableSource, logged: TableSource, id: string, time: string | null): SkewSpec {
  const right = new Set(logged.columns.map((column) => column.name));
  const features = raw.columns
    .filter((column) => right.has(column.name) && column.name !== id && column.name !== time && column.kind !== "other")
    .map((column) => ({
      name: column.name,
      expression: { kind: "column" as const, name: column.name },
      text: column.name,
    }));
  return { features, tolerance: defaultTolerance };
}

async function readAll(
  source: TableSource,
  names: readonly string[],
  id: string,
  what: string,
  tools: SkewTools,
): Promise<Table> {
  const wanted = [...new Set([...names, id])];
  const columns = wanted.map((name): ColumnRequest => ({ name, as: name === id ? "category" : "auto" }));
  const sampler = createRowSampler(wanted, Number.MAX_SAFE_INTEGER);
  for await (const block of source.read({
    columns,
    signal: tools.signal,
    onProgress: (done, total) => tools.progress(what, done, total),
  })) {
    sampler.add(block);
  }
  return sampler.finish().table;
}

interface Join {
  readonly pairs: ReadonlyArray<readonly [number, number]>;
  readonly onlyRaw: number;
  readonly onlyLogged: number;
  readonly repeated: number;
}

function joinRows(raw: Table, logged: Table, id: string): Join {
  const place = new Map<string, number>();
  let repeated = 0;
  for (let row = 0; row < raw.rows; row++) {
    const key = String(cellOf(raw.columns.get(id), row));
    if (place.has(key)) repeated++;
    else place.set(key, row);
  }
  const pairs: Array<readonly [number, number]> = [];
  const used = new Set<string>();
  let onlyLogged = 0;
  for (let row = 0; row < logged.rows; row++) {
    const key = String(cellOf(logged.columns.get(id), row));
    const partner = place.get(key);
    if (partner === undefined) onlyLogged++;
    else if (used.has(key)) repeated++;
    else {
      used.add(key);
      pairs.push([partner, row]);
    }
  }
  return { pairs, onlyRaw: place.size - used.size, onlyLogged, repeated };
}

function joinedRows(raw: Table, logged: Table, id: string, time: string | null, pairs: Join["pairs"]): JoinedRows {
  return {
    rows: pairs.length,
    id: (row) => String(cellOf(raw.columns.get(id), pairs[row]![0])),
    time: (row) => {
      const cell = time === null ? null : cellOf(raw.columns.get(time), pairs[row]![0]);
      return typeof cell === "number" ? cell : Number.NaN;
    },
    raw: (column, row) => cellOf(raw.columns.get(column), pairs[row]![0]),
    isTime: (column) => raw.columns.get(column)?.kind === "time",
    logged: (feature, row) => cellOf(logged.columns.get(feature), pairs[row]![1]),
  };
}

function cellOf(column: Column | undefined, row: number): Cell {
  if (column === undefined || column.nulls?.[row] === 1) return null;
  if (column.kind === "category") return column.dictionary.texts[column.codes[row]!] ?? null;
  const value = column.values[row]!;
  if (column.kind === "boolean") return value === 255 ? null : value;
  return Number.isNaN(value) ? null : value;
}
