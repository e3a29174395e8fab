import type { DuckDBConnection } from "@duckdb/node-api";
import { renameSync } from "node:fs";
import type { EventArchive, ExportRequest, ExportResult } from "../../app/ports/event-archive.ts";
import { Failure } from "../../core/failures.ts";
import { identifier, openEvents, quoted } from "./event-tables.ts";
import { rotateSegments } from "./rotate-segments.ts";

/** The log in a folder, read with DuckDB. */
export function createEventArchive(folder: string): EventArchive {
  return {
    rotate: () => rotateSegments(folder),
    exportTraining: async (request) => {
      const { DuckDBInstance } = await import("@duckdb/node-api");
      const instance = await DuckDBInstance.create(":memory:");
      const connection = await instance.connect();
      try {
        await openEvents(connection, folder);
        return await exportTraining(connection, folder, request);
      } finally {
        connection.closeSync();
        instance.closeSync();
      }
    },
  };
}

async function exportTraining(
  connection: DuckDBConnection,
  folder: string,
  request: ExportRequest,
): Promise<ExportResult> {
  const model = await chosenModel(connection, folder, request.model);
  const asOf = Math.floor(request.asOf);
  await connection.run(`create temp table predictions as
    select * from (
      select *, row_number() over (partition by id order by "at") as nth, coalesce(prepared, raw) as features
      from events where kind = 'prediction' and model = ${quoted(model)} and coalesce(time, "at") <= ${asOf}
    ) where nth = 1`);
  await connection.run(`create temp table labels as
    select * from events where kind = 'label' and time <= ${asOf} and (model is null or model = ${quoted(model)})`);
  // By the prediction's id, and by the caller's key (with the item, where one key names a list).
  await connection.run(`create temp table known as
    select pid, name, label, time from (
      select pid, name, label, time, row_number() over (partition by pid, name order by time desc, "at" desc) as nth from (
        select p.id as pid, l.name, l.label, l.time, l."at" from predictions p join labels l on l.id = p.id
        union all
        select p.id, l.name, l.label, l.time, l."at" from predictions p join labels l on l.key = p.key and l.item is null
        union all
        select p.id, l.name, l.label, l.time, l."at" from predictions p join labels l on l.key = p.key and l.item = p.item
        union all
        select p.id, l.name, l.label, l.time, l."at" from predictions p join labels l on l.key = p."group" and l.item = p.item and p.key is distinct from p."group"
      )
    ) where nth = 1`);
  const features = await column(
    connection,
    "select distinct unnest(json_keys(features)) as k from predictions where features is not null order by k",
  );
  const names = await column(connection, "select distinct name from known order by name");
  const typed = await featureColumns(connection, features);
  const labels = names.length === 0 ? ["label"] : names;
  const labelColumns = await Promise.all(labels.map((name) => labelColumn(connection, name)));
  const rest = `${["id", "request", "key", "version", "cohort", "arm", "propensity", "unit", "group", "item", "position"].map((name) => `p.${identifier(name)} as ${identifier(`umpire_${name}`)}`).join(", ")}, epoch_ms(coalesce(p.time, p."at")::bigint) as umpire_time, ${await predictionColumn(connection)} as umpire_prediction, epoch_ms((select max(time) from known k where k.pid = p.id)::bigint) as umpire_label_time`;
  await connection.run(
    `create temp table training as select ${[...typed, ...labelColumns, rest].join(", ")} from predictions p join texts t on t.text_id = p.id order by p."at", p.id`,
  );
  const where = request.unlabelled ? "" : "where umpire_label_time is not null";
  const counts = await connection.runAndReadAll(
    "select count(*)::integer, count(umpire_label_time)::integer from training",
  );
  const [predictions, labelled] = counts.getRows()[0] as [number, number];
  const format = /\.csv$/i.test(request.to)
    ? "format csv, header"
    : /\.(jsonl|ndjson|json)$/i.test(request.to)
      ? "format json"
      : "format parquet, compression zstd";
  const beside = `${request.to}.new`;
  await connection.run(`copy (select * from training ${where}) to ${quoted(beside)} (${format})`);
  renameSync(beside, request.to);
  return { model, predictions, labelled, features };
}

async function chosenModel(connection: DuckDBConnection, folder: string, asked: string | null): Promise<string> {
  const models = await column(connection, "select distinct model from events where kind = 'prediction' order by model");
  if (asked !== null && models.includes(asked)) return asked;
  const [only] = models;
  if (asked === null && only !== undefined && models.length === 1) return only;
  throw new Failure(models.length === 0 ? "FILE_EMPTY" : "USAGE", {
    where: folder,
    message:
      asked === null
        ? `the log holds predictions of ${models.length} models`
        : `the log holds no prediction of "${asked}"`,
    mend:
      models.length === 0
        ? ["is this the folder of the gateway's log?"]
        : [`--model ${models.slice(0, 20).join(" | ")}`],
  });
}

async function column(connection: DuckDBConnection, sql: string): Promise<string[]> {
  const rows = await connection.runAndReadAll(sql);
  return rows.getRows().map((row) => String(row[0]));
}

/** A JSON value as text, without the quotes of a text. */
function scalar(expression: string): string {
  return `json_extract_string(${expression}, '$')`;
}

/** The prediction: a number where every one is (a text for classes, and for the probabilities of several). */
async function predictionColumn(connection: DuckDBConnection): Promise<string> {
  const text = scalar("p.prediction");
  const check = await connection.runAndReadAll(
    `select count(${text})::integer, count(try_cast(${text} as double))::integer from predictions p`,
  );
  const [present, numbers] = check.getRows()[0] as [number, number];
  return present === numbers ? `try_cast(${text} as double)` : text;
}

/** The latest label of a name: a number where every one is. */
async function labelColumn(connection: DuckDBConnection, name: string): Promise<string> {
  const text = scalar("label");
  const check = await connection.runAndReadAll(
    `select count(${text})::integer, count(try_cast(${text} as double))::integer from known where name = ${quoted(name)}`,
  );
  const [present, numbers] = check.getRows()[0] as [number, number];
  const value = present === numbers ? `try_cast(${text} as double)` : text;
  const own = name === "label" ? "label" : `label_${name}`;
  return `(select any_value(${value}) from known k where k.pid = p.id and k.name = ${quoted(name)}) as ${identifier(own)}`;
}

/** The features of the JSON records as columns of the table `texts`: numbers where every value is one. */
async function featureColumns(connection: DuckDBConnection, names: readonly string[]): Promise<string[]> {
  const paths = names.map((name) => quoted(`$."${name.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`));
  // One pass over the JSON for all features: extracting them one by one takes as many passes.
  const list = paths.length === 0 ? "[]::varchar[]" : `json_extract_string(features, [${paths.join(", ")}])`;
  await connection.run(`create temp table texts as select id as text_id, ${list} as v from predictions`);
  if (names.length === 0) return [];
  const counts = names.map((_, i) => `count(v[${i + 1}])::integer, count(try_cast(v[${i + 1}] as double))::integer`);
  const [row = []] = (await connection.runAndReadAll(`select ${counts.join(", ")} from texts`)).getRows();
  return names.map((name, i) => {
    const isNumber = Number(row[2 * i]) > 0 && row[2 * i] === row[2 * i + 1];
    const value = isNumber ? `try_cast(t.v[${i + 1}] as double)` : `t.v[${i + 1}]`;
    return `${value} as ${identifier(name)}`;
  });
}
