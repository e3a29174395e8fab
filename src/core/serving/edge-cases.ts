import type { Random } from "../statistics/random.ts";
import type { FeatureRecord } from "./feature-record.ts";

/** A record that is like one of production but for one thing. */
export interface EdgeCase {
  readonly what: string;
  readonly record: FeatureRecord;
}

type Change = (record: Record<string, unknown>, columns: readonly string[], random: Random) => boolean;

const changes: readonly (readonly [string, Change])[] = [
  ["a null", (record, columns, random) => put(record, pick(columns, random), null)],
  [
    "95% null",
    (record, columns, random) => {
      const kept = pick(columns, random);
      for (const column of columns) if (column !== kept) record[column] = null;
      return columns.length > 1;
    },
  ],
  [
    "a column missing",
    (record, columns, random) => {
      const column = pick(columns, random);
      return column !== undefined && delete record[column];
    },
  ],
  ["a column more", (record) => put(record, "a column that no contract names", 1)],
  ["a huge number", (record, columns, random) => onNumber(record, columns, random, 1e300)],
  ["a number below all", (record, columns, random) => onNumber(record, columns, random, -1e15)],
  ["zero", (record, columns, random) => onNumber(record, columns, random, 0)],
  ["a text for a number", (record, columns, random) => onNumber(record, columns, random, "many")],
  ["a number for a text", (record, columns, random) => onText(record, columns, random, 17)],
  ["an unseen category", (record, columns, random) => onText(record, columns, random, "zz unseen")],
  ["an empty text", (record, columns, random) => onText(record, columns, random, "")],
  ["a text of 10,000 characters", (record, columns, random) => onText(record, columns, random, "é".repeat(10_000))],
  [
    "text of many scripts",
    (record, columns, random) => onText(record, columns, random, "naïve 日本語 🦊 \u202e \u0000"),
  ],
];

/** One way of being unlike the rest; null where the record has no column that it can be done to. */
export function edgeCase(record: FeatureRecord, random: Random): EdgeCase | null {
  const columns = Object.keys(record);
  const start = random.nextBelow(changes.length);
  for (let i = 0; i < changes.length; i++) {
    const [what, change] = changes[(start + i) % changes.length]!;
    const changed = { ...record };
    if (change(changed, columns, random)) return { what, record: changed };
  }
  return null;
}

function pick(columns: readonly string[], random: Random): string | undefined {
  return columns.length === 0 ? undefined : columns[random.nextBelow(columns.length)];
}

function put(record: Record<string, unknown>, column: string | undefined, value: unknown): boolean {
  if (column === undefined) return false;
  record[column] = value;
  return true;
}

function onNumber(record: Record<string, unknown>, columns: readonly string[], random: Random, value: unknown) {
  return put(
    record,
    pick(
      columns.filter((column) => typeof record[column] === "number"),
      random,
    ),
    value,
  );
}

function onText(record: Record<string, unknown>, columns: readonly string[], random: Random, value: unknown) {
  return put(
    record,
    pick(
      columns.filter((column) => typeof record[column] === "string"),
      random,
    ),
    value,
  );
}
