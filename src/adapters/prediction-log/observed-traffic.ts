import type { DuckDBConnection } from "@duckdb/node-api";
import type { ObservedTraffic, TrafficRequest } from "../../app/ports/rollout-evidence.ts";
import { type RatioSums, ratioOf } from "../../core/rollout/ratio-sums.ts";
import { loadAnswers } from "./answer-table.ts";
import { quoted, rowsOf } from "./event-tables.ts";
import { dueSql, keepLabels, type LabelWait, loadLabels, presentOf } from "./rollout-labels.ts";
import { answerMeasures, labelMeasures } from "./rollout-measures.ts";
import { sumUnits } from "./unit-sums.ts";

const DAY = 86_400_000;

/** What the version that answers now does, over a week at most. */
export async function observedTraffic(connection: DuckDBConnection, request: TrafficRequest): Promise<ObservedTraffic> {
  const where = `kind = 'prediction' and model = ${quoted(request.model)}`;
  const [last] = await rowsOf(connection, `select max("at") from events where ${where}`);
  if (last?.[0] === null || last === undefined) return { unitsPerDay: null, measures: {} };
  const since = Number(last[0]) - 7 * DAY;
  await loadAnswers(connection, request.model, since);
  await loadLabels(connection, request.guardrails);
  await connection.run("create or replace temp table arms as select 0 as w, 0 as side, * from mine");
  const [span] = await rowsOf(connection, `select min("at"), max("at"), count(distinct u) from arms`);
  const [first = 0, newestAt = 0, units = 0] = (span ?? []).map(Number);
  const days = Math.max((newestAt - first) / DAY, 1 / 1440);
  const newest = await presentOf(connection, null);
  // What is not known yet is taken as it stands: a forecast decides nothing.
  const waits = request.guardrails.map(({ label, within }): LabelWait | null =>
    label === null ? null : { wait: within ?? 0, come: [0, 0] },
  );
  await keepLabels(connection, request.guardrails, waits);
  const due = waits.map((wait) => dueSql(wait, newest));
  const measures = [...answerMeasures(request.guardrails, null), ...labelMeasures(request.guardrails, due)];
  const arm = (await sumUnits(connection, measures)).get("0/0");
  if (arm === undefined) return { unitsPerDay: null, measures: {} };
  const known = measures.flatMap(({ name, role }, m) => {
    const sums = arm.measures[m]!;
    return role !== "own" || sums.n < 2
      ? []
      : [[name, { mean: ratioOf(sums), deviation: unitDeviation(sums) }] as const];
  });
  return { unitsPerDay: units / days, measures: Object.fromEntries(known) };
}

/** Standard deviation of a unit's part in the ratio. */
function unitDeviation(sums: RatioSums): number {
  const ratio = ratioOf(sums);
  const squares = Math.max(0, sums.yy - 2 * ratio * sums.xy + ratio * ratio * sums.xx);
  return Math.sqrt(squares / (sums.n - 1)) / (sums.x / sums.n);
}
