import type { Column, ColumnSchema } from "../../core/tables/table.ts";
import type { TableSource } from "../ports/table-reader.ts";
import { names } from "./column-names.ts";

/** What `init` knows of a column after a look at the first rows. */
export interface ColumnFacts {
  readonly name: string;
  readonly kind: ColumnSchema["kind"];
  readonly rows: number;
  readonly nulls: number;
  /** Distinct values that are not null; counted up to 20,000, to the last where the name is that of an id. */
  readonly distinct: number;
  /** Values with their rows, most frequent first, where there are at most 60. */
  readonly values: readonly { readonly text: string; readonly rows: number }[] | null;
  /** Of numbers and times (milliseconds); NaN where there are none. */
  readonly min: number;
  readonly max: number;
  /** Numbers: true where all are whole. */
  readonly whole: boolean;
  /** Numbers, times and booleans of the first 50,000 rows, null as NaN; texts as codes. */
  readonly sample: Float64Array;
}

export interface DataFacts {
  readonly files: readonly string[];
  readonly rows: number;
  readonly columns: readonly ColumnFacts[];
}

const MOST_DISTINCT = 20_000;
const MOST_VALUES = 60;
const SAMPLE = 50_000;
const LOOK_AT_ROWS = 500_000;

/** Reads up to half a million rows and counts what tells the roles of columns apart. */
export async function lookAtData(
  source: TableSource,
  options: { readonly signal?: AbortSignal; readonly onProgress?: (done: number, total: number | null) => void } = {},
): Promise<DataFacts> {
  const readable = source.columns.filter((column) => column.kind !== "other");
  const looks = readable.map((column) => createLook(column));
  let rows = 0;
  const blocks = source.read({
    columns: readable.map(({ name }) => ({ name, as: "auto" })),
    ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  for await (const block of blocks) {
    for (const look of looks) look.add(block.columns.get(look.name)!, block.rows);
    rows += block.rows;
    if (rows >= LOOK_AT_ROWS) break;
  }
  return { files: source.files, rows, columns: looks.map((look) => look.facts(rows)) };
}

function createLook(schema: ColumnSchema) {
  const counts = new Map<number, number>();
  const mayNameRows = names.isId(schema.name) || names.isUnit(schema.name) || names.isGroup(schema.name);
  const mostDistinct = mayNameRows ? Number.POSITIVE_INFINITY : MOST_DISTINCT;
  let sample = new Float64Array(0);
  let texts: readonly string[] = [];
  let nulls = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let whole = true;
  return {
    name: schema.name,
    add(column: Column, rows: number): void {
      const values = numbersOf(column, rows);
      if (column.kind === "category") texts = column.dictionary.texts;
      const room = Math.min(SAMPLE - sample.length, rows);
      if (room > 0) {
        const longer = new Float64Array(sample.length + room);
        longer.set(sample);
        longer.set(values.subarray(0, room), sample.length);
        sample = longer;
      }
      for (let i = 0; i < rows; i++) {
        const value = values[i]!;
        if (value !== value) {
          nulls++;
          continue;
        }
        if (value < min) min = value;
        if (value > max) max = value;
        if (whole && !Number.isInteger(value)) whole = false;
        const count = counts.get(value);
        if (count !== undefined) counts.set(value, count + 1);
        else if (counts.size < mostDistinct) counts.set(value, 1);
      }
    },
    facts(rows: number): ColumnFacts {
      const found = min <= max;
      return {
        name: schema.name,
        kind: schema.kind,
        rows,
        nulls,
        distinct: counts.size,
        values: counts.size <= MOST_VALUES ? listed(counts, schema.kind, texts) : null,
        min: found ? min : Number.NaN,
        max: found ? max : Number.NaN,
        whole: found && whole,
        sample,
      };
    },
  };
}

function numbersOf(column: Column, rows: number): Float64Array {
  const out = new Float64Array(rows);
  const values = column.kind === "category" ? column.codes : column.values;
  for (let i = 0; i < rows; i++) out[i] = column.nulls?.[i] === 1 ? Number.NaN : values[i]!;
  return out;
}

function listed(counts: ReadonlyMap<number, number>, kind: ColumnSchema["kind"], texts: readonly string[]) {
  const text = (value: number): string => {
    if (kind === "category") return texts[value] ?? "";
    return kind === "boolean" ? String(value === 1) : String(value);
  };
  return [...counts].map(([value, rows]) => ({ text: text(value), rows })).sort((a, b) => b.rows - a.rows);
}
