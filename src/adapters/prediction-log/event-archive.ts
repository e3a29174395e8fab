import type { DuckDBConnection } from "@duckdb/node-api";
import { renameSync } from "node:fs";
import type { EventArchive, ExportRequest, ExportResult } from "../../app/ports/event-archive.ts";
import { Failure } from "../../core/failures.ts";
import { loggedLabelColumn } from "../../core/serving/logged-label.ts";
import type { LogEvent } from "../../core/serving/prediction-event.ts";
import { identifier, quoted, withEvents } from "./event-tables.ts";
import { featureColumns, labelColumn, predictionColumn } from "./training-columns.ts";
import { refusedRecords } from "./refused-records.ts";
import { rotateSegments } from "./rotate-segments.ts";

/** The log in a folder, read with DuckDB. */
export function createEventArchive(folder: string): EventArchive {
  return {
    rotate: () => rotateSegments(folder),
    exportTraining: (request) => withEvents(folder, (connection) => exportTraining(connection, folder, request)),
    recorded: (model, most) =>
      withEvents(folder, (connection) =>
        column(
          connection,
          `select raw from (select id, any_value(raw::varchar) as raw, min("at") as first from events
            where kind = 'prediction' and raw is not null ${model === null ? "" : `and model = ${quoted(model)}`} group by id)
          where raw <> 'null' order by first, id limit ${Math.floor(most)}`,
        ),
      ),
    refused: (asked, until) =>
      withEvents(folder, async (connection) => {
        const model = await chosenModel(connection, folder, asked, ["prediction", "quarantine"]);
        return { model, records: await refusedRecords(connection, model, until) };
      }),
  };
}

const eventColumns = [
  "id",
  "request",
  "key",
  "version",
  "cohort",
  "arm",
  "propensity",
  "unit",
  "group",
  "item",
  "position",
];
const computedColumns = ["umpire_time", "umpire_prediction", "umpire_classes", "umpire_label_time"];

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
  const labels = names.length === 0 ? ["label"] : names;
  const labelNames = labels.map(loggedLabelColumn);
  const own = [...eventColumns.map((name) => `umpire_${name}`), ...computedColumns, ...labelNames];
  const typed = await featureColumns(connection, features, own);
  const labelColumns = await Promise.all(labels.map((name, i) => labelColumn(connection, name, labelNames[i]!)));
  const rest = `${eventColumns.map((name) => `p.${identifier(name)} as ${identifier(`umpire_${name}`)}`).join(", ")}, epoch_ms(coalesce(p.time, p."at")::bigint) as umpire_time, ${await predictionColumn(connection)} as umpire_prediction, p.classes::varchar as umpire_classes, epoch_ms((select max(time) from known k where k.pid = p.id)::bigint) as umpire_label_time`;
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
  return { model, predictions, labelled, strayLabels: await countStrayLabels(connection), features };
}

/** Labels of the export's time whose id or key no prediction has, of whatever model and time: a wrong column, a wrong log. */
async function countStrayLabels(connection: DuckDBConnection): Promise<number> {
  await connection.run(`create temp table answered as
    select id, key, "group" from events where kind = 'prediction'`);
  const [[count] = [0]] = (
    await connection.runAndReadAll(`select count(*)::integer from (select distinct id, key, item, name from labels) l
      where not exists (select 1 from answered a where a.id = l.id)
        and not exists (select 1 from answered a where a.key = l.key)
        and not exists (select 1 from answered a where a."group" = l.key)`)
  ).getRows();
  return Number(count);
}

async function chosenModel(
  connection: DuckDBConnection,
  folder: string,
  asked: string | null,
  kinds: readonly LogEvent["kind"][] = ["prediction"],
): Promise<string> {
  const models = await column(
    connection,
    `select distinct model from events where kind in (${kinds.map(quoted).join(", ")}) order by model`,
  );
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
