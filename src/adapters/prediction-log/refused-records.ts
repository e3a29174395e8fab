import type { DuckDBConnection } from "@duckdb/node-api";
import type { RefusedRecord } from "../../app/ports/event-archive.ts";
import { quoted } from "./event-tables.ts";

/** What the contract refused of a model's records, from the table `events`; a line that the log holds twice counts once. */
export async function refusedRecords(
  connection: DuckDBConnection,
  model: string,
  until: number,
): Promise<RefusedRecord[]> {
  const found =
    await connection.runAndReadAll(`select distinct "at", request, record::varchar, problems::varchar, marks::varchar
    from events where kind = 'quarantine' and model = ${quoted(model)} and "at" <= ${Math.floor(until)} and record is not null
    order by "at", request, 3`);
  return found.getRows().map(([at, , record, problems, marks]): RefusedRecord => {
    const named = marks === null ? [] : (JSON.parse(String(marks)) as string[]);
    const reasons = (JSON.parse(String(problems)) as string[]).map((reason, i) => {
      const [check = "", ...rest] = (named[i] ?? "contract").split(":");
      if (rest.length === 0) return { check, column: null, reason };
      const column = rest.join(":");
      return { check, column, reason: reason.startsWith(`${column} `) ? reason.slice(column.length + 1) : reason };
    });
    return { at: Number(at), raw: String(record), reasons };
  });
}
