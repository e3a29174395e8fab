import type { DuckDBConnection } from "@duckdb/node-api";
import { ageRung, delayRung, type LabelCell, labelDelay, learnWait } from "../../core/rollout/label-wait.ts";
import type { Guardrail } from "../../core/rollout/release-policy.ts";
import { quoted, rowsOf } from "./event-tables.ts";

/** How long the labels of a guardrail are waited for, and how many have come in each arm. */
export interface LabelWait {
  readonly wait: number | null;
  readonly come: readonly [control: number, treatment: number];
}

/**
 * Labels of the answers `mine`, as `told`, with the time that they took; they come by the answer's id or by the caller's
 * key. Times are the client's where it says them, as in a replay; a label without a time of its own came when it was sent.
 */
export async function loadLabels(connection: DuckDBConnection, guardrails: readonly Guardrail[]): Promise<void> {
  const names = [...new Set(guardrails.flatMap(({ label }) => (label === null ? [] : [quoted(label)])))];
  const value = `case when json_extract_string(l.label, '$') = 'true' then 1 when json_extract_string(l.label, '$') = 'false' then 0
    else try_cast(json_extract_string(l.label, '$') as double) end`;
  const delay = `greatest(case when l.time = l."at" then l."at" - m."at" else least(l.time, l."at") - m.t end, 0)`;
  const columns = `m.pid, l.name, ${value} as number, json_extract_string(l.label, '$') as text, l.time, l."at", ${delay} as delay`;
  const labels = `(select * from labels where name in (${names.length === 0 ? "null" : names.join(", ")}))`;
  await connection.run(`create or replace temp table told as
      select ${columns} from mine m join ${labels} l on l.pid = m.pid
      union all select ${columns} from mine m join ${labels} l on l.key = m.key and l.item is null
      union all select ${columns} from mine m join ${labels} l on l.key = m.key and l.item = m.item
      union all select ${columns} from mine m join ${labels} l on l.key = m."group" and l.item = m.item
        and m.key is distinct from m."group"`);
}

/** Of several labels with one name the latest stands, of those that came within the wait; as `k0`, `k1`, ... by guardrail. */
export async function keepLabels(
  connection: DuckDBConnection,
  guardrails: readonly Guardrail[],
  waits: readonly (LabelWait | null)[],
): Promise<void> {
  for (const [g, { label }] of guardrails.entries()) {
    if (label === null) continue;
    const wait = waits[g]?.wait ?? null;
    const inTime = wait === null || wait === 0 ? "" : `and delay <= ${wait}`;
    await connection.run(`create or replace temp table k${g} as select pid, number, text from (
      select pid, number, text, row_number() over (partition by pid order by time desc, "at" desc) as nth
      from told where name = ${quoted(label)} ${inTime}) where nth = 1`);
  }
}

/**
 * The waits of the guardrails, in their order: as the policy says, or learnt from the labels of the arms.
 * @param newest milliseconds since 1970 to which ages are counted
 */
export async function labelWaits(
  connection: DuckDBConnection,
  guardrails: readonly Guardrail[],
  newest: number,
): Promise<(LabelWait | null)[]> {
  const found: (LabelWait | null)[] = [];
  const given = [0, 0];
  for (const [side, count] of await rowsOf(connection, "select side, count(distinct pid) from arms group by side")) {
    given[Number(side)] = Number(count);
  }
  for (const { label, within } of guardrails) {
    if (label === null) {
      found.push(null);
      continue;
    }
    const cells = await labelCells(connection, label, newest);
    const comeOf = (arm: number): number => cells.reduce((sum, cell) => sum + (cell.arm === arm ? cell.count : 0), 0);
    const come = [comeOf(0), comeOf(1)] as const;
    const learnt = (): number | null =>
      learnWait(
        cells,
        come.map((count, arm) => ({ given: given[arm] ?? 0, come: count })),
      );
    found.push({ wait: within ?? learnt(), come });
  }
  return found;
}

/** How long the labels of a guardrail take, of answers of one arm: before a release there is one. Null: not known yet. */
export async function labelDelayOf(
  connection: DuckDBConnection,
  label: string,
  newest: number,
): Promise<number | null> {
  return labelDelay(await labelCells(connection, label, newest), 1);
}

/** First labels of the answers of the arms, on the ladder of {@link learnWait}. */
async function labelCells(connection: DuckDBConnection, label: string, newest: number): Promise<LabelCell[]> {
  // To the second of one part in 64: finer than the ladder, and few groups.
  const fine = (value: string): string => `round(64 * ln(greatest(${value}, 1)))`;
  const found = await rowsOf(
    connection,
    `select side, kind, ${fine("least(delay, age)")} as d, ${fine("age")} as a, count(*) from (
      select a.side, a.pid, arg_min(case when f.number is null then f.text else (f.number > 0)::varchar end, f.delay) as kind,
        min(f.delay) as delay, min(greatest(${newest} - a.t, 0)) as age
      from arms a join told f using (pid) where f.name = ${quoted(label)} group by a.side, a.pid
    ) group by side, kind, d, a`,
  );
  return found.map(([side, kind, delay, age, count]) => ({
    arm: Number(side) === 1 ? 1 : 0,
    kind: String(kind),
    delay: delayRung(Math.exp(Number(delay) / 64)),
    age: ageRung(Math.exp(Number(age) / 64)),
    count: Number(count),
  }));
}

/**
 * The present by the time that the answers tell: the newest of what they and their labels say, or what went by on the log's
 * own clock since the newest answer. In a replay of the past it is the past.
 */
export async function presentOf(connection: DuckDBConnection, clock: number | null): Promise<number> {
  const [row] = await rowsOf(
    connection,
    `select max(t), max("at"), (select max(least(time, "at")) from told where time <> "at"), (select max("at") from told) from mine`,
  );
  const [answered = 0, logged = 0, said = 0, arrived = 0] = (row ?? []).map(Number);
  return Math.max(said, answered + Math.max(0, Math.max(clock ?? 0, arrived) - logged));
}

/** SQL on `arms a`: the answer is so old that its label counts; null: nothing does yet. */
export function dueSql(wait: LabelWait | null, newest: number): string | null {
  if (wait === null || wait.wait === null) return null;
  return wait.wait === 0 ? "true" : `a.t <= ${newest - wait.wait}`;
}
