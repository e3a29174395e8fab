import { createReadStream, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Failure } from "../../core/failures.ts";
import type { FeatureRecord } from "../../core/serving/feature-record.ts";
import type { EventArchive } from "../ports/event-archive.ts";
import type { TableReader } from "../ports/table-reader.ts";
import { fileRecords } from "../serving/file-records.ts";

/**
 * Records of a table (Parquet, CSV …) or of JSON lines: plain records, or events of the prediction log (their features
 * as they came, of one model where it is named). A folder is read with all its `.jsonl` files.
 * @param most records; the rest is left
 * @param openReader for tables
 * @param openArchive for the folder of a prediction log, of which most may be Parquet
 * @throws Failure FILE_MISSING, FILE_UNREADABLE (line), FILE_EMPTY
 */
export async function readRecorded(
  path: string,
  model: string | null,
  most: number,
  openReader: () => Promise<TableReader>,
  openArchive: (folder: string) => Promise<EventArchive>,
): Promise<FeatureRecord[]> {
  const records: FeatureRecord[] = [];
  if (isLog(path)) {
    const archive = await openArchive(path);
    for (const raw of await archive.recorded(model, most)) records.push(JSON.parse(raw) as FeatureRecord);
    if (records.length === 0) throw nothingIn(path, model);
    return records;
  }
  if (/\.(parquet|csv|tsv|gz)$/i.test(path) && statSync(path, { throwIfNoEntry: false })?.isFile() === true) {
    for await (const block of fileRecords(await openReader(), [path], 8192)) {
      records.push(...block.slice(0, most - records.length));
      if (records.length >= most) break;
    }
  }
  for (const file of records.length > 0 ? [] : await filesOf(path)) {
    let line = 0;
    for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
      line++;
      if (records.length >= most) return records;
      if (text.trim() === "") continue;
      const record = recordOf(parseLine(text, `${file}:${line}`), model);
      if (record !== null) records.push(record);
    }
  }
  if (records.length > 0) return records;
  throw nothingIn(path, model);
}

function nothingIn(path: string, model: string | null): Failure {
  return new Failure("FILE_EMPTY", {
    where: path,
    message: model === null ? "holds no record" : `holds no record of "${model}"`,
  });
}

/** True for the folder of a prediction log. */
function isLog(path: string): boolean {
  const folders = ["live", "closed", "parquet"].map((name) => statSync(join(path, name), { throwIfNoEntry: false }));
  return folders.some((stat) => stat?.isDirectory() === true);
}

async function filesOf(path: string): Promise<string[]> {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined)
    throw new Failure("FILE_MISSING", { where: path, message: "there is no such file or folder" });
  if (!stat.isDirectory()) return [path];
  const names = await readdir(path, { recursive: true });
  return names
    .filter((name) => name.endsWith(".jsonl"))
    .sort()
    .map((name) => join(path, name));
}

function parseLine(text: string, where: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Failure("FILE_UNREADABLE", { where, message: "this line is not JSON", cause });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new Failure("FILE_UNREADABLE", { where, message: "this line is no JSON object" });
}

/** The record that a line holds; null where the line is an event of another kind or model, or its features were not kept. */
function recordOf(line: Readonly<Record<string, unknown>>, model: string | null): FeatureRecord | null {
  const { kind, raw, request } = line;
  if (typeof kind !== "string" || typeof request !== "string") return line;
  if (kind !== "prediction" || (model !== null && line["model"] !== model)) return null;
  return typeof raw === "object" ? (raw as FeatureRecord | null) : null;
}
