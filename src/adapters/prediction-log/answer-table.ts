import type { DuckDBConnection } from "@duckdb/node-api";
import { quoted } from "./event-tables.ts";

/** Reasons for which another version answered although this one was well. */
const NOT_ITS_FAULT = "('opt-out', 'contract')";

/** A name is known by 64 bits of its hash: joins and groups need no texts. */
const hashed = (name: string): string => `case when ${name} is null then null else hash(${name}) end`;

/**
 * What rollouts need of an answer, from an event of its kind: `pid` is its id, `u` its unit, `t` when it was asked, by the
 * client where it says so; what was answered as text, as number, and the form in which it was logged.
 */
export const ANSWER = `hash(id) as pid, hash(coalesce(unit, id)) as u, ${hashed("key")} as key, ${hashed('"group"')} as "group",
  ${hashed("item")} as item, "at", least(coalesce(time, "at"), "at") as t, cohort, routed, arm, propensity,
  json_extract_string(prediction, '$') as answer, try_cast(json_extract_string(prediction, '$') as double) as number,
  json_type(prediction) as form, milliseconds, position as place,
  (fallback is not null and fallback not in ${NOT_ITS_FAULT})::int as failed,
  coalesce(fallback <> 'opt-out', false)::int as fell`;

/** What rollouts need of the answer of a shadow. */
export const SHADOW_ANSWER = `hash(id) as pid, version, json_extract_string(prediction, '$') as answer,
  try_cast(json_extract_string(prediction, '$') as double) as number, json_type(prediction) as form, milliseconds,
  (error is not null)::int as failed`;

/** What rollouts need of a label; it finds its answer by the answer's id or by the caller's key. */
export const LABEL = `${hashed("id")} as pid, ${hashed("key")} as key, ${hashed("item")} as item, name, label, time, "at"`;

/** The answers of a model in the view `events`, each once, as the table `mine`, and the labels, as `labels`. */
export async function loadAnswers(connection: DuckDBConnection, model: string, since: number): Promise<void> {
  await connection.run(`create or replace temp table mine as
    ${firstOf(`select ${ANSWER} from events where kind = 'prediction' and model = ${quoted(model)} and "at" >= ${since}`, "pid")}`);
  await connection.run(`create or replace temp view labels as select ${LABEL} from events where kind = 'label'`);
}

/** Of several rows with one key the first. */
export function firstOf(rows: string, key: string, time = '"at"'): string {
  return `select * exclude nth from (select *, row_number() over (partition by ${key} order by ${time}) as nth from (${rows})) where nth = 1`;
}
