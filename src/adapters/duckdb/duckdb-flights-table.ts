import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CutRequest, FlightsRequest, FlightsTable, LiveFlight } from "../../app/ports/flights-table.ts";
import { Failure } from "../../core/failures.ts";
import { openEngine } from "./engine.ts";
import { quoteText } from "./sql-text.ts";

/** Three million flights of 2001 that come with the package `vega-datasets`. */
export function createFlightsTable(): FlightsTable {
  return { prepare, cut };
}

async function prepare(request: FlightsRequest): Promise<void> {
  const flights = findFlights();
  const script = readFileSync(request.script, "utf8");
  const partial = `${request.destination}.partial`;
  const engine = await openEngine({ memoryLimit: "1GB" });
  const interrupt = (): void => engine.connection.interrupt();
  request.signal?.addEventListener("abort", interrupt);
  try {
    await engine.connection.run(`
      create view flights as select * from read_parquet(${quoteText(flights)});
      set variable since = timestamp ${quoteText(request.since)};
      set variable until = timestamp ${quoteText(request.until)};
      ${script}
      copy (select * from prepared order by flight) to ${quoteText(partial)} (format parquet, compression zstd);`);
    renameSync(partial, request.destination);
  } catch (error) {
    request.signal?.throwIfAborted();
    throw error;
  } finally {
    request.signal?.removeEventListener("abort", interrupt);
    rmSync(partial, { force: true });
    engine.close();
  }
}

const RECORD =
  "hour, weekday, distance, origin_late_share, destination_late_share, board_late_share, board_landed, origin_flights_a_day, airport, haul, departure";

async function cut({ table, at, past, sample, every }: CutRequest): Promise<readonly LiveFlight[]> {
  const engine = await openEngine({ memoryLimit: "1GB" });
  try {
    const moment = `timestamp ${quoteText(at)}`;
    const from = `from read_parquet(${quoteText(table)})`;
    const nth = `hash(flight) % ${every} = 0`;
    for (const [file, where] of [
      [past, ""],
      [sample, `and ${nth}`],
    ]) {
      await engine.connection.run(`copy (select * ${from} where date < ${moment} ${where} order by flight)
        to ${quoteText(`${file}.partial`)} (format parquet, compression zstd)`);
      renameSync(`${file}.partial`, file!);
    }
    // Landing as prepare.sql has it: whether it is late does not move it, so that no label comes sooner for being good.
    const read = await engine.connection.runAndReadAll(`
      select flight::varchar, epoch_ms(date)::double, epoch_ms(date + to_minutes(cast(60 + distance / 7 as integer)))::double,
        late::integer, ${RECORD}
      ${from} where date >= ${moment} and ${nth} order by date, flight`);
    const names = RECORD.split(", ");
    return read.getRowsJson().map(([key, departs, lands, late, ...values]) => ({
      key: String(key),
      departs: Number(departs),
      lands: Number(lands),
      late: Number(late),
      record: Object.fromEntries(names.map((name, i) => [name, (values[i] ?? null) as number | string | null])),
    }));
  } finally {
    engine.close();
  }
}

/** The package hides its data files from `import`, so they are found beside its entry. */
function findFlights(): string {
  const name = "flights-3m.parquet";
  let path: string;
  try {
    path = join(dirname(fileURLToPath(import.meta.resolve("vega-datasets"))), "..", "data", name);
  } catch {
    path = "";
  }
  if (existsSync(path)) return path;
  throw new Failure("FILE_MISSING", {
    message: `the demo's data (${name} of the package vega-datasets) are not installed`,
    mend: ["npm install vega-datasets@3.2.1"],
  });
}
