import type { DuckDBConnection } from "@duckdb/node-api";
import type { AnswerCuts } from "../../app/ports/rollout-evidence.ts";
import { rowsOf } from "./event-tables.ts";

const FIRST_ANSWERS = 2000;
const LEAST_ANSWERS = 200;

/** Nine cuts at the tenths of the champion's first answers, or its ten most frequent classes; null: too few yet. */
export async function answerCuts(connection: DuckDBConnection): Promise<AnswerCuts | null> {
  await connection.run(`create or replace temp table first_answers as select answer as text, number
    from arms where side = 0 and form not in ('NULL', 'ARRAY') order by "at", pid limit ${FIRST_ANSWERS}`);
  const [row] = await rowsOf(connection, "select count(*), count(number) from first_answers");
  const [answers = 0, numbers = 0] = (row ?? []).map(Number);
  if (answers < LEAST_ANSWERS) {
    const [other] = await rowsOf(connection, "select count(*) from arms where side = 0");
    // Answers of other forms (vectors) have nothing to be cut by.
    return Number(other?.[0] ?? 0) >= 10 * LEAST_ANSWERS ? { kind: "class", values: [] } : null;
  }
  if (numbers === answers) {
    const tenths = "[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]";
    const found = await rowsOf(
      connection,
      `select distinct unnest(quantile_disc(number, ${tenths})) as cut from first_answers order by cut`,
    );
    return { kind: "number", at: found.map((one) => Number(one[0])) };
  }
  const classes = await rowsOf(
    connection,
    "select text from first_answers group by text order by count(*) desc, text limit 10",
  );
  return { kind: "class", values: classes.map((one) => String(one[0])) };
}
