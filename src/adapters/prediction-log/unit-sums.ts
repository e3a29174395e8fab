import type { DuckDBConnection } from "@duckdb/node-api";
import { addSums, noSums, type RatioSums, subtractSums } from "../../core/rollout/ratio-sums.ts";
import { rowsOf } from "./event-tables.ts";
import type { Measure } from "./rollout-measures.ts";

/** What one arm of one step did: its units, their requests, and the sums of the measures in their order. */
export interface ArmSums {
  readonly units: number;
  readonly requests: number;
  readonly measures: readonly RatioSums[];
}

export const noArmSums: ArmSums = { units: 0, requests: 0, measures: [] };

/** By step and side, as `w/side`. */
export type SumsByArm = ReadonlyMap<string, ArmSums>;

/** The sums of everything in `arms`: units first, so that a unit counts once. The tables `kg` are joined where measures name them. */
export async function sumUnits(connection: DuckDBConnection, measures: readonly Measure[]): Promise<SumsByArm> {
  const columns = new MeasureColumns(measures);
  return armSums(connection, columns, `(${columns.perUnit})`);
}

/**
 * Sums of the units of one window's answers, kept between looks as the table `unit_sums`: a look adds what is new to the
 * units that it belongs to, and what these have grown by to the sums of their arms.
 */
export class UnitSums {
  readonly #connection: DuckDBConnection;
  #known: { readonly shape: string; readonly arms: SumsByArm } | null = null;

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  /**
   * The sums of everything that has come.
   * @param shape of the question: where it is another one, all is added again
   * @param load lays the answers into `arms`: all of them, or those alone that are not in the sums yet
   */
  async add(shape: string, measures: readonly Measure[], load: (all: boolean) => Promise<void>): Promise<SumsByArm> {
    const columns = new MeasureColumns(measures);
    const known = this.#known?.shape === shape ? this.#known.arms : null;
    this.#known = null;
    await load(known === null);
    const arms = await (known === null ? this.#begin(columns) : this.#grow(columns, known));
    this.#known = { shape, arms };
    return arms;
  }

  async #begin(columns: MeasureColumns): Promise<SumsByArm> {
    await this.#connection.run(`create or replace temp table unit_sums as ${columns.perUnit}`);
    return armSums(this.#connection, columns, "unit_sums");
  }

  async #grow(columns: MeasureColumns, known: SumsByArm): Promise<SumsByArm> {
    const same = "t.w = s.w and t.side = s.side and t.u = s.u";
    const touched = `(select s.* from unit_sums s semi join touched t on ${same})`;
    const grown = columns.names.map((name) => `${name} = s.${name} + t.${name}`);
    await this.#connection.run(`create or replace temp table touched as ${columns.perUnit}`);
    const before = await armSums(this.#connection, columns, touched);
    await this.#connection.run(`update unit_sums s set ${grown.join(", ")} from touched t where ${same}`);
    await this.#connection.run(`insert into unit_sums select t.* from touched t anti join unit_sums s on ${same}`);
    const after = await armSums(this.#connection, columns, touched);
    return new Map([
      ...known,
      ...[...after].map(([arm, sums]) => [arm, grow(known.get(arm), before.get(arm), sums)] as const),
    ]);
  }
}

/** What an arm has come to where some of its units did `before` what they now did `after`. */
function grow(known = noArmSums, before = noArmSums, after: ArmSums): ArmSums {
  return {
    units: known.units + after.units - before.units,
    requests: known.requests + after.requests - before.requests,
    measures: after.measures.map((sums, m) =>
      subtractSums(addSums(known.measures[m] ?? noSums, sums), before.measures[m] ?? noSums),
    ),
  };
}

/** Each expression that measures are made of is summed once. */
class MeasureColumns {
  readonly names: readonly string[];
  readonly perUnit: string;
  readonly pairs: readonly (readonly [x: string, y: string])[];

  constructor(measures: readonly Measure[]) {
    const sums = new Map([["1", "requests"]]);
    const nameOf = (expression: string): string => {
      const known = sums.get(expression);
      if (known !== undefined) return known;
      const name = `s${sums.size}`;
      sums.set(expression, name);
      return name;
    };
    this.pairs = measures.map(({ x, y }) => [nameOf(x), nameOf(y)]);
    this.names = [...sums.values()];
    const labels = [...new Set([...sums.keys()].join(" ").match(/\bk\d+(?=\.)/g))];
    const joins = labels.map((alias) => `left join ${alias} on ${alias}.pid = a.pid`).join(" ");
    const summed = [...sums].map(([expression, name]) => `sum(${expression})::double as ${name}`);
    this.perUnit = `select w, side, u, ${summed.join(", ")} from arms a ${joins} group by w, side, u`;
  }
}

async function armSums(connection: DuckDBConnection, { pairs }: MeasureColumns, table: string): Promise<SumsByArm> {
  const sums = pairs.flatMap(([x, y]) => [
    `count(*) filter (${x} > 0)`,
    `count(*) filter (${y} > 0)`,
    `count(*) filter (${x} > 0 and ${y} >= ${x})`,
    ...[x, y, `${x} * ${x}`, `${x} * ${y}`, `${y} * ${y}`].map((term) => `sum(${term})`),
  ]);
  const wanted = ["w", "side", "count(*)", "sum(requests)", ...sums].join(", ");
  const found = await rowsOf(connection, `select ${wanted} from ${table} group by w, side`);
  return new Map(
    found.map(([w, side, ...numbers]) => {
      const [units = 0, requests = 0, ...rest] = numbers.map(Number);
      return [`${Number(w)}/${Number(side)}`, { units, requests, measures: pairs.map((_, m) => ratioSums(rest, m)) }];
    }),
  );
}

function ratioSums(numbers: readonly number[], m: number): RatioSums {
  const [n, hit, full, x, y, xx, xy, yy] = numbers.slice(m * 8, m * 8 + 8);
  return n === undefined ? noSums : { n, hit: hit!, full: full!, x: x!, y: y!, xx: xx!, xy: xy!, yy: yy! };
}
