import { Failure } from "../../core/failures.ts";
import { nearest } from "../../core/nearest.ts";
import type { FeatureRecord } from "../../core/serving/feature-record.ts";
import { requestTime } from "../../core/tables/parse-time.ts";
import type { GivenLabel } from "./label-intake.ts";

/** Which columns of a file hold what. */
export interface LabelColumns {
  readonly id?: string;
  readonly by?: string;
  readonly item?: string;
  readonly label: string;
  readonly time?: string;
  readonly model?: string;
  readonly name?: string;
}

/** A row of a file as a label. @throws Failure COLUMN_MISSING, DATA naming the row */
export function labelFromRecord(record: FeatureRecord, columns: LabelColumns, row: number): GivenLabel {
  const idColumn = columns.id ?? (columns.by === undefined ? firstOf(record, ["id", "prediction_id"]) : undefined);
  const keyColumn = columns.by ?? (idColumn === undefined ? firstOf(record, ["key"]) : undefined);
  if (idColumn === undefined && keyColumn === undefined) {
    throw new Failure("COLUMN_MISSING", {
      message: "nothing says which column names the prediction",
      mend: [
        `--id COLUMN (the prediction's id) or --by COLUMN (your own key); columns: ${Object.keys(record).slice(0, 20).join(", ")}`,
      ],
    });
  }
  const time = columns.time ?? firstOf(record, ["label_time", "time"]);
  return {
    id: text(record, idColumn),
    key: text(record, keyColumn),
    item: text(record, columns.item),
    model: columns.model ?? null,
    name: columns.name ?? null,
    label: value(record, columns.label),
    time: time === undefined ? null : timeOf(value(record, time), time, row),
    source: "file",
  };
}

function firstOf(record: FeatureRecord, names: readonly string[]): string | undefined {
  return names.find((name) => Object.hasOwn(record, name));
}

function value(record: FeatureRecord, column: string): unknown {
  if (Object.hasOwn(record, column)) return record[column];
  const near = nearest(column, Object.keys(record));
  throw new Failure("COLUMN_MISSING", {
    message: `the file has no column "${column}"`,
    mend: [near.length > 0 ? `nearest: ${near.join(", ")}` : `columns: ${Object.keys(record).slice(0, 20).join(", ")}`],
  });
}

function text(record: FeatureRecord, column: string | undefined): string | null {
  if (column === undefined) return null;
  const found = value(record, column);
  return found === null ? null : String(found as string | number);
}

function timeOf(found: unknown, column: string, row: number): number | null {
  if (found === null) return null;
  const time = requestTime(found);
  if (time !== null) return time;
  throw new Failure("DATA", {
    where: `row ${row + 1}`,
    message: `"${column}" is no time: ${String(found).slice(0, 40)}`,
  });
}
