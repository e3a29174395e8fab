import type { DuckDBConnection } from "@duckdb/node-api";
import { noSums, type RatioSums } from "../../core/rollout/ratio-sums.ts";
import type { Guardrail } from "../../core/rollout/release-policy.ts";
import type { ArmEvidence, LabelEvidence } from "../../core/rollout/stage-evidence.ts";
import { rowsOf } from "./event-tables.ts";
import type { LabelWait } from "./rollout-labels.ts";
import type { Measure } from "./rollout-measures.ts";

/** Sums per window and arm, in the order of `sumColumns`; units first, so that a unit counts once. */
export async function sumUnits(
  connection: DuckDBConnection,
  measures: readonly Measure[],
): Promise<Map<string, readonly number[]>> {
  const labelled = [...new Set(measures.flatMap(({ x, y }) => (x + y).match(/\bk\d+\b/g) ?? []))];
  const joins = labelled.map((alias) => `left join ${alias} on ${alias}.pid = a.id`).join(" ");
  const perUnit = measures.flatMap(({ x, y }, m) => [`sum(${x})::double as x${m}`, `sum(${y})::double as y${m}`]);
  const perArm = measures.flatMap((_, m) => sumColumns(m));
  const found = await rowsOf(
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

export interface SummedArm {
  readonly version: string;
  readonly side: 0 | 1;
  /** Units, requests, and the sums of the measures. */
  readonly row: readonly number[];
  readonly measures: readonly Measure[];
  readonly guardrails: readonly Guardrail[];
  readonly waits: readonly (LabelWait | null)[];
}

export function armOf({ version, side, row, measures, guardrails, waits }: SummedArm): ArmEvidence {
  const [units = 0, requests = 0, ...numbers] = row;
  const of = (role: Measure["role"]): (readonly [string, RatioSums])[] =>
    measures.flatMap((measure, m) => {
      if (measure.role !== role) return [];
      const [n = 0, hit = 0, full = 0, x = 0, y = 0, xx = 0, xy = 0, yy = 0] = numbers.slice(m * 8, m * 8 + 8);
      return [[measure.name, { n, hit, full, x, y, xx, xy, yy }] as const];
    });
  const own = Object.fromEntries(of("own"));
  const reached = new Map(of("reached"));
  const labels = guardrails.flatMap(({ name, label }, g): [string, LabelEvidence][] => {
    const known = waits[g] ?? null;
    if (label === null || known === null) return [];
    return [[name, { wait: known.wait, come: known.come[side], reached: reached.get(name) ?? noSums }]];
  });
  const answers = of("cut").map(([, sums]) => sums);
  return { version, units, requests, measures: own, answers, labels: Object.fromEntries(labels) };
}
