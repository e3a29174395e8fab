import type { DuckDBConnection } from "@duckdb/node-api";
import type { EvidenceRequest, EvidenceWindow } from "../../app/ports/rollout-evidence.ts";
import { quoted } from "./event-tables.ts";

const COMMON = `pid, u, "at", t, answer, number, form, failed, fell, milliseconds, place`;

/**
 * The answers of the steps that came with a batch or after it, as the table `arms`: `w` is the step, `side` 0 the champion
 * and 1 the challenger.
 */
export async function loadArms(connection: DuckDBConnection, request: EvidenceRequest, batch: number): Promise<void> {
  const parts = request.windows.map((window, w) =>
    window.share === null ? shadowPart(w, request, batch) : stepPart(window, w, request, batch),
  );
  await connection.run(`create or replace temp table arms as ${parts.join(" union all ")}`);
}

/** Both answers of a request that the challenger saw as a shadow: the pair comes with the later of the two. */
function shadowPart(w: number, { champion, challenger }: EvidenceRequest, batch: number): string {
  const pair = (
    which: string,
  ): string => `select m.*, s.answer as shadow_answer, s.number as shadow_number, s.form as shadow_form,
      s.milliseconds as shadow_milliseconds, s.failed as shadow_failed
    from seen s join mine m using (pid) where s.version = ${quoted(challenger)} and m.routed = ${quoted(champion)} and ${which}`;
  return `select ${w} as w, unnest([0, 1]) as side, pid, u, "at", t, unnest([answer, shadow_answer]) as answer,
      unnest([number, shadow_number]) as number, unnest([form, shadow_form]) as form, unnest([failed, shadow_failed]) as failed,
      unnest([fell, shadow_failed]) as fell, unnest([milliseconds, shadow_milliseconds]) as milliseconds,
      null::integer as place
    from (${pair(`s.batch >= ${batch}`)} union all ${pair(`s.batch < ${batch} and m.batch >= ${batch}`)})`;
}

function stepPart(window: EvidenceWindow, w: number, request: EvidenceRequest, batch: number): string {
  const { champion, challenger } = request;
  const share = window.share ?? 0;
  const at = (probability: number): string => `abs(propensity - ${probability * window.spared}) < 1e-9`;
  const side = `case when routed = ${quoted(challenger)} and ${at(share)} then 1
    when routed = ${quoted(champion)} and arm = 'champion' and ${at(1 - share)} then 0 end`;
  return `select ${w} as w, ${COMMON.replace("pid", "side, pid")} from (select *, ${side} as side from mine
      where batch >= ${batch} and cohort = ${quoted(window.cohort ?? "all")} and arm not in ('standing', 'pinned'))
    where side is not null`;
}
