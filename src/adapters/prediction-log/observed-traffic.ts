import type { DuckDBConnection } from "@duckdb/node-api";
import type { ObservedTraffic, TrafficRequest } from "../../app/ports/rollout-evidence.ts";
import type { UnitGrowth } from "../../core/rollout/unit-growth.ts";
import { type RatioSums, ratioOf } from "../../core/rollout/ratio-sums.ts";
import { loadAnswers } from "./answer-table.ts";
import { quoted, rowsOf } from "./event-tables.ts";
import { dueSql, keepLabels, type LabelWait, labelDelayOf, loadLabels, presentOf } from "./rollout-labels.ts";
import { answerMeasures, labelMeasures } from "./rollout-measures.ts";
import { sumUnits } from "./unit-sums.ts";

const DAY = 86_400_000;
/** Parts into which the log is cut to see who comes back. */
const BINS = 96;

/** What the version that answers now does, over a week at most. */
export async function observedTraffic(connection: DuckDBConnection, request: TrafficRequest): Promise<ObservedTraffic> {
  const where = `kind = 'prediction' and model = ${quoted(request.model)}`;
  const [last] = await rowsOf(connection, `select max("at") from events where ${where}`);
  if (last?.[0] === null || last === undefined) return nothing;
  const since = Number(last[0]) - 7 * DAY;
  await loadAnswers(connection, request.model, since);
  await loadLabels(connection, request.guardrails);
  await connection.run("create or replace temp table arms as select 0 as w, 0 as side, * from mine");
  const newest = await presentOf(connection, null);
  // What is not known yet is taken as it stands: a forecast decides nothing.
  const waits = request.guardrails.map(({ label, within }): LabelWait | null =>
    label === null ? null : { wait: within ?? 0, come: [0, 0] },
  );
  await keepLabels(connection, request.guardrails, waits);
  const due = waits.map((wait) => dueSql(wait, newest));
  const measures = [...answerMeasures(request.guardrails, null), ...labelMeasures(request.guardrails, due)];
  const arm = (await sumUnits(connection, measures)).get("0/0");
  if (arm === undefined) return nothing;
  const known = measures.flatMap(({ name, role }, m) => {
    const sums = arm.measures[m]!;
    return role !== "own" || sums.n < 2
      ? []
      : [[name, { mean: ratioOf(sums), deviation: unitDeviation(sums) }] as const];
  });
  const delays: (readonly [string, number | null])[] = [];
  for (const { name, label } of request.guardrails) {
    if (label !== null) delays.push([name, await labelDelayOf(connection, label, newest)]);
  }
  const growth = await unitGrowth(connection);
  return { growth, measures: Object.fromEntries(known), waits: Object.fromEntries(delays) };
}

const nothing: ObservedTraffic = { growth: null, measures: {}, waits: {} };

/** In which parts of the log which units were, of the table `arms`. */
async function unitGrowth(connection: DuckDBConnection): Promise<UnitGrowth> {
  const [span] = await rowsOf(connection, `select min("at"), max("at"), count(distinct u) from arms`);
  const [first = 0, last = 0, units = 0] = (span ?? []).map(Number);
  const binMilliseconds = Math.max(1, Math.ceil((last - first + 1) / BINS));
  const bins = Math.floor((last - first) / binMilliseconds) + 1;
  await connection.run(
    `create or replace temp table visits as select distinct u, floor(("at" - ${first}) / ${binMilliseconds})::integer as bin from arms`,
  );
  const gaps = await rowsOf(
    connection,
    `select coalesce(before, -1), bin, count(*) from
      (select bin, lag(bin) over (partition by u order by bin) as before from visits) group by all`,
  );
  const seen = await rowsOf(
    connection,
    `select times, count(*) from (select count(*) as times from visits group by u) where times <= 2 group by times`,
  );
  const times = new Map(seen.map(([count, found]) => [Number(count), Number(found)]));
  return {
    binMilliseconds,
    bins,
    units,
    gaps: gaps.map(([from, to, found]) => [Number(from), Number(to), Number(found)]),
    once: times.get(1) ?? 0,
    twice: times.get(2) ?? 0,
  };
}

/** Standard deviation of a unit's part in the ratio. */
function unitDeviation(sums: RatioSums): number {
  const ratio = ratioOf(sums);
  const squares = Math.max(0, sums.yy - 2 * ratio * sums.xy + ratio * ratio * sums.xx);
  return Math.sqrt(squares / (sums.n - 1)) / (sums.x / sums.n);
}
