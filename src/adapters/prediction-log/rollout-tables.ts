import type { DuckDBConnection } from "@duckdb/node-api";
import type { EvidenceRequest, EvidenceWindow } from "../../app/ports/rollout-evidence.ts";
import { quoted } from "./event-tables.ts";

/** Reasons for which another version answered although this one was well. */
export const NOT_ITS_FAULT = "('opt-out', 'contract')";

/** The predictions of a model, each once; `t` is when it was asked, by the client where it says so. */
export async function loadPredictions(connection: DuckDBConnection, model: string, since: number): Promise<void> {
  await connection.run(`create or replace temp table mine as select * exclude nth from (
    select id, "at", unit, cohort, routed, arm, propensity, prediction, milliseconds, fallback, key, "group", item, least(coalesce(time, "at"), "at") as t,
      row_number() over (partition by id order by "at") as nth
    from events where kind = 'prediction' and model = ${quoted(model)} and "at" >= ${since}) where nth = 1`);
}

/** Each prediction of a step, with its arm: 0 the champion, 1 the challenger. */
export async function loadArms(connection: DuckDBConnection, request: EvidenceRequest): Promise<void> {
  const { champion, challenger, model, since } = request;
  const common = `id, coalesce(unit, id) as u, prediction, "at", t`;
  const parts = request.windows.map((window, w) => {
    if (window.share !== null) return stepPart(window, w, champion, challenger, common);
    return `select ${w} as w, 0 as side, ${common}, (fallback is not null and fallback not in ${NOT_ITS_FAULT})::int as failed,
        fallback is not null and fallback <> 'opt-out' as fell, milliseconds from mine
        where id in (select id from seen) and routed = ${quoted(champion)}
      union all select ${w}, 1, m.id, coalesce(m.unit, m.id), s.prediction, m."at", m.t, (s.error is not null)::int, s.error is not null,
        s.milliseconds from seen s join mine m using (id) where m.routed = ${quoted(champion)}`;
  });
  await connection.run(`create or replace temp table seen as select * exclude nth from (
    select id, prediction, milliseconds, error, row_number() over (partition by id order by "at") as nth from events
    where kind = 'shadow' and model = ${quoted(model)} and version = ${quoted(challenger)} and "at" >= ${since}) where nth = 1`);
  await connection.run(`create or replace temp table arms as ${parts.join(" union all ")}`);
}

function stepPart(window: EvidenceWindow, w: number, champion: string, challenger: string, common: string): string {
  const share = window.share ?? 0;
  const at = (probability: number): string => `abs(propensity - ${probability * window.spared}) < 1e-9`;
  const side = `case when routed = ${quoted(challenger)} and ${at(share)} then 1
    when routed = ${quoted(champion)} and arm = 'champion' and ${at(1 - share)} then 0 end`;
  return `select ${w} as w, side, ${common}, (fallback is not null and fallback not in ${NOT_ITS_FAULT})::int as failed,
      fallback is not null and fallback <> 'opt-out' as fell, milliseconds
    from (select *, ${side} as side from mine
      where cohort = ${quoted(window.cohort ?? "all")} and arm not in ('standing', 'pinned')) where side is not null`;
}
