import { openEvents } from "./event-tables.ts";

/** Each caller's key in a log that nobody writes to any more, with how many requests of it were answered. */
export async function countAnswers(folder: string): Promise<ReadonlyMap<string, number>> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    await openEvents(connection, folder);
    const read = await connection.runAndReadAll(
      "select key, count(distinct request)::integer from events where kind = 'prediction' group by key",
    );
    return new Map(read.getRows().map(([key, requests]) => [String(key), Number(requests)]));
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
