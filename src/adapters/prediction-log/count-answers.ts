import { withEvents } from "./event-tables.ts";

/** Each caller's key in a log that nobody writes to any more, with how many requests of it were answered. */
export function countAnswers(folder: string): Promise<ReadonlyMap<string, number>> {
  return withEvents(folder, async (connection) => {
    const read = await connection.runAndReadAll(
      "select key, count(distinct request)::integer from events where kind = 'prediction' group by key",
    );
    return new Map(read.getRows().map(([key, requests]) => [String(key), Number(requests)]));
  });
}
