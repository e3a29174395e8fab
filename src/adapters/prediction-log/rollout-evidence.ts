import type { DuckDBConnection } from "@duckdb/node-api";
import type {
  AnswerCuts,
  CollectedEvidence,
  EvidenceRequest,
  EvidenceWindow,
  ObservedTraffic,
  RolloutEvidence,
  TrafficRequest,
} from "../../app/ports/rollout-evidence.ts";
import { noSums, type RatioSums, ratioOf } from "../../core/rollout/ratio-sums.ts";
import { AROUND_MILLISECONDS, type Guardrail, type Loss } from "../../core/rollout/release-policy.ts";
import { type ArmEvidence, noArm } from "../../core/rollout/stage-evidence.ts";
import type { WindowWish } from "./event-window.ts";
import { EventWindows } from "./event-windows.ts";
import { openEvents, quoted } from "./event-tables.ts";

/** Evidence of rollouts from the log in a folder, rotated or not, summed over units by DuckDB. */
export function createRolloutEvidence(folder: string): RolloutEvidence {
  const withEvents = async <T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> => {
    const { DuckDBInstance } = await import("@duckdb/node-api");
    const instance = await DuckDBInstance.create(":memory:", { threads: "1", memory_limit: "1GB" });
    const connection = await instance.connect();
    try {
      await openEvents(connection, folder);
      return await work(connection);
    } finally {
      connection.closeSync();
      instance.closeSync();
    }
  };
  const windows = new EventWindows(folder);
  return {
    collect: (request) =>
      windows.withWindow(wishOf(request), JSON.stringify(request), ({ connection }) => collect(connection, request)),
    traffic: (request) => withEvents((connection) => traffic(connection, request)),
  };
}

function wishOf({ model, since, guardrails }: EvidenceRequest): WindowWish {
  return { model, since, labels: [...new Set(guardrails.flatMap(({ label }) => (label === null ? [] : [label])))] };
}

/** Reasons for which another version answered although this one was well. */
const NOT_ITS_FAULT = "('opt-out', 'contract')";
const FIRST_ANSWERS = 2000;
const LEAST_ANSWERS = 200;

async function collect(connection: DuckDBConnection, request: EvidenceRequest): Promise<CollectedEvidence> {
  await loadPredictions(connection, request.model, request.since);
  await loadLabels(connection, request.guardrails);
  await loadArms(connection, request);
  const cuts = request.cuts ?? (await answerCuts(connection));
  const measures = measuresOf(request.guardrails, cuts);
  const summed = await sumUnits(connection, measures);
  const steps = request.windows.map((window, w) => {
    const arm = (side: number, version: string): ArmEvidence => {
      const row = summed.get(`${w}/${side}`);
      return row === undefined ? noArm(version) : armOf(version, row, measures, request.guardrails, cuts);
    };
    const control = arm(0, request.champion);
    const treatment = arm(1, request.challenger);
    return { position: window.position, cohort: window.cohort ?? "all", share: window.share, control, treatment };
  });
  return { steps, cuts };
}

async function loadPredictions(connection: DuckDBConnection, model: string, since: number): Promise<void> {
  await connection.run(`create or replace temp table mine as select * exclude nth from (
    select id, "at", unit, cohort, routed, arm, propensity, prediction, milliseconds, fallback, key, "group", item,
      row_number() over (partition by id order by "at") as nth
    from events where kind = 'prediction' and model = ${quoted(model)} and "at" >= ${since}) where nth = 1`);
}

/** Of several labels with one name the latest stands; they come by the prediction's id or by the caller's key. */
async function loadLabels(connection: DuckDBConnection, guardrails: readonly Guardrail[]): Promise<void> {
  const names = [...new Set(guardrails.flatMap(({ label }) => (label === null ? [] : [quoted(label)])))];
  const value = `case when json_extract_string(l.label, '$') = 'true' then 1 when json_extract_string(l.label, '$') = 'false' then 0
    else try_cast(json_extract_string(l.label, '$') as double) end`;
  const columns = `l.name, ${value} as number, json_extract_string(l.label, '$') as text, l.time, l."at"`;
  const labels = `(select * from events where kind = 'label' and name in (${names.length === 0 ? "null" : names.join(", ")}))`;
  await connection.run(`create or replace temp table known as select pid, name, number, text from (
    select pid, name, number, text, row_number() over (partition by pid, name order by time desc, "at" desc) as nth from (
      select m.id as pid, ${columns} from mine m join ${labels} l on l.id = m.id
      union all select m.id, ${columns} from mine m join ${labels} l on l.key = m.key and l.item is null
      union all select m.id, ${columns} from mine m join ${labels} l on l.key = m.key and l.item = m.item
      union all select m.id, ${columns} from mine m join ${labels} l on l.key = m."group" and l.item = m.item
        and m.key is distinct from m."group"
    )) where nth = 1`);
  for (const [g, { label }] of guardrails.entries()) {
    if (label !== null)
      await connection.run(`create or replace temp view k${g} as select * from known where name = ${quoted(label)}`);
  }
}

/** Each prediction of a step, with its arm: 0 the champion, 1 the challenger. */
async function loadArms(connection: DuckDBConnection, request: EvidenceRequest): Promise<void> {
  const { champion, challenger, model, since } = request;
  const common = `id, coalesce(unit, id) as u, prediction, "at"`;
  const parts = request.windows.map((window, w) => {
    if (window.share !== null) return stepPart(window, w, champion, challenger, common);
    return `select ${w} as w, 0 as side, ${common}, (fallback is not null and fallback not in ${NOT_ITS_FAULT})::int as failed,
        fallback is not null and fallback <> 'opt-out' as fell, milliseconds from mine
        where id in (select id from seen) and routed = ${quoted(champion)}
      union all select ${w}, 1, m.id, coalesce(m.unit, m.id), s.prediction, m."at", (s.error is not null)::int, s.error is not null,
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

/** Nine cuts at the tenths of the champion's first answers, or its ten most frequent classes; null: too few yet. */
async function answerCuts(connection: DuckDBConnection): Promise<AnswerCuts | null> {
  await connection.run(`create or replace temp table first_answers as select json_extract_string(prediction, '$') as text,
      try_cast(json_extract_string(prediction, '$') as double) as number
    from arms where side = 0 and prediction is not null and json_type(prediction) not in ('NULL', 'ARRAY')
    order by "at", id limit ${FIRST_ANSWERS}`);
  const [row] = await rows(connection, "select count(*), count(number) from first_answers");
  const [answers = 0, numbers = 0] = (row ?? []).map(Number);
  if (answers < LEAST_ANSWERS) {
    const [other] = await rows(connection, "select count(*) from arms where side = 0");
    // Answers of other forms (vectors) have nothing to be cut by.
    return Number(other?.[0] ?? 0) >= 10 * LEAST_ANSWERS ? { kind: "class", values: [] } : null;
  }
  if (numbers === answers) {
    const tenths = "[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]";
    const found = await rows(
      connection,
      `select distinct unnest(quantile_disc(number, ${tenths})) as cut from first_answers order by cut`,
    );
    return { kind: "number", at: found.map((one) => Number(one[0])) };
  }
  const classes = await rows(
    connection,
    "select text from first_answers group by text order by count(*) desc, text limit 10",
  );
  return { kind: "class", values: classes.map((one) => String(one[0])) };
}

/** A measure of a prediction: y over x, as SQL on `arms a`. */
interface Measure {
  readonly name: string;
  readonly x: string;
  readonly y: string;
}

function measuresOf(guardrails: readonly Guardrail[], cuts: AnswerCuts | null): Measure[] {
  const answer = `json_extract_string(prediction, '$')`;
  const number = `try_cast(${answer} as double)`;
  const named = guardrails.flatMap((guardrail, g): Measure[] => {
    switch (guardrail.measure) {
      case "errors":
        return [{ name: guardrail.name, x: "1", y: "failed" }];
      case "fallback":
        return [{ name: guardrail.name, x: "1", y: "fell::int" }];
      case "latency":
        return [{ name: guardrail.name, x: "1", y: `ln(greatest(milliseconds, 0) + ${AROUND_MILLISECONDS})` }];
      case "label":
        // No label yet is none: both arms wait equally long.
        return [{ name: guardrail.name, x: "1", y: `coalesce(k${g}.number, 0)` }];
      case "quality": {
        const loss = lossOf(guardrail.loss ?? "absolute", number, answer, g);
        return [{ name: guardrail.name, x: `(${loss} is not null)::int`, y: `coalesce(${loss}, 0)` }];
      }
      case "answers":
        return [];
    }
  });
  if (cuts === null) return named;
  const conditions =
    cuts.kind === "number"
      ? cuts.at.map((cut) => `${number} <= ${cut}`)
      : cuts.values.map((value) => `${answer} = ${quoted(value)}`);
  const answered = "(prediction is not null)::int";
  return [
    ...named,
    ...conditions.map((condition, i) => ({ name: `cut ${i}`, x: answered, y: `coalesce((${condition})::int, 0)` })),
  ];
}

function lossOf(loss: Loss, number: string, text: string, g: number): string {
  const label = `k${g}.number`;
  // A text is a class, also one that is written as a number.
  const isClass = "json_type(prediction) = 'VARCHAR'";
  const inside = `greatest(least(${number}, 1 - 1e-15), 1e-15)`;
  switch (loss) {
    case "absolute":
      return `abs(${number} - ${label})`;
    case "squared":
      return `power(${number} - ${label}, 2)`;
    case "log":
      return `-(${label} * ln(${inside}) + (1 - ${label}) * ln(1 - ${inside}))`;
    case "zero-one":
      return `case when k${g}.text is null then null
        when not ${isClass} and ${number} is not null and ${label} is not null then ((${number} >= 0.5) <> (${label} >= 0.5))::int
        else (${text} <> k${g}.text)::int end`;
  }
}

/** Sums per window and arm, in the order of `sumColumns`; units first, so that a unit counts once. */
async function sumUnits(
  connection: DuckDBConnection,
  measures: readonly Measure[],
): Promise<Map<string, readonly number[]>> {
  const labelled = [...new Set(measures.flatMap(({ x, y }) => (x + y).match(/\bk\d+\b/g) ?? []))];
  const joins = labelled.map((alias) => `left join ${alias} on ${alias}.pid = a.id`).join(" ");
  const perUnit = measures.flatMap(({ x, y }, m) => [`sum(${x})::double as x${m}`, `sum(${y})::double as y${m}`]);
  const perArm = measures.flatMap((_, m) => sumColumns(m));
  const found = await rows(
    connection,
    `select ${["w", "side", "count(*)", "sum(requests)", ...perArm].join(", ")} from (
      select ${["w", "side", "u", "count(*) as requests", ...perUnit].join(", ")} from arms a ${joins} group by w, side, u
    ) group by w, side`,
  );
  return new Map(found.map(([w, side, ...numbers]) => [`${Number(w)}/${Number(side)}`, numbers.map(Number)]));
}

function sumColumns(m: number): string[] {
  const [x, y] = [`x${m}`, `y${m}`];
  return [
    `count(*) filter (${x} > 0)`,
    `count(*) filter (${y} > 0)`,
    `count(*) filter (${x} > 0 and ${y} >= ${x})`,
    ...[x, y, `${x} * ${x}`, `${x} * ${y}`, `${y} * ${y}`].map((term) => `sum(${term})`),
  ];
}

function armOf(
  version: string,
  [units = 0, requests = 0, ...numbers]: readonly number[],
  measures: readonly Measure[],
  guardrails: readonly Guardrail[],
  cuts: AnswerCuts | null,
): ArmEvidence {
  const sums = measures.map((_, m): RatioSums => {
    const [n = 0, hit = 0, full = 0, x = 0, y = 0, xx = 0, xy = 0, yy = 0] = numbers.slice(m * 8, m * 8 + 8);
    return { n, hit, full, x, y, xx, xy, yy };
  });
  const named = measures.flatMap((measure, m) =>
    measure.name.startsWith("cut ") ? [] : [[measure.name, sums[m] ?? noSums] as const],
  );
  const own = Object.fromEntries(named);
  const labels = guardrails.flatMap((guardrail) =>
    guardrail.measure === "quality" && guardrail.label !== null
      ? [[guardrail.label, { given: requests, come: own[guardrail.name]?.x ?? 0 }] as const]
      : [],
  );
  return {
    version,
    units,
    requests,
    measures: own,
    answers: cuts === null ? [] : sums.slice(named.length),
    labels: Object.fromEntries(labels),
  };
}

async function rows(connection: DuckDBConnection, sql: string): Promise<unknown[][]> {
  return (await connection.runAndReadAll(sql)).getRows() as unknown[][];
}

const DAY = 86_400_000;

async function traffic(connection: DuckDBConnection, request: TrafficRequest): Promise<ObservedTraffic> {
  const where = `kind = 'prediction' and model = ${quoted(request.model)}`;
  const [newest] = await rows(connection, `select max("at") from events where ${where}`);
  if (newest?.[0] === null || newest === undefined) return { unitsPerDay: null, measures: {} };
  const since = Number(newest[0]) - 7 * DAY;
  await loadPredictions(connection, request.model, since);
  await loadLabels(connection, request.guardrails);
  await connection.run(`create or replace temp table arms as select 0 as w, 0 as side, id, coalesce(unit, id) as u, prediction, "at",
    (fallback is not null and fallback not in ${NOT_ITS_FAULT})::int as failed,
    fallback is not null and fallback <> 'opt-out' as fell, milliseconds from mine`);
  const [span] = await rows(connection, `select min("at"), max("at"), count(distinct u) from arms`);
  const [first = 0, last = 0, units = 0] = (span ?? []).map(Number);
  const days = Math.max((last - first) / DAY, 1 / 1440);
  const measures = measuresOf(request.guardrails, null);
  const row = (await sumUnits(connection, measures)).get("0/0");
  if (row === undefined) return { unitsPerDay: null, measures: {} };
  const arm = armOf("", row, measures, request.guardrails, null);
  const known = Object.entries(arm.measures).flatMap(([name, sums]) =>
    sums.n < 2 ? [] : [[name, { mean: ratioOf(sums), deviation: unitDeviation(sums) }] as const],
  );
  return { unitsPerDay: units / days, measures: Object.fromEntries(known) };
}

/** Standard deviation of a unit's part in the ratio. */
function unitDeviation(sums: RatioSums): number {
  const ratio = ratioOf(sums);
  const squares = Math.max(0, sums.yy - 2 * ratio * sums.xy + ratio * ratio * sums.xx);
  return Math.sqrt(squares / (sums.n - 1)) / (sums.x / sums.n);
}
