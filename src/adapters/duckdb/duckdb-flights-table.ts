import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { FlightsRequest, FlightsTable } from "../../app/ports/flights-table.ts";
import { Failure } from "../../core/failures.ts";
import { openEngine } from "./engine.ts";
import { quoteText } from "./sql-text.ts";

/** Three million flights of 2001 that come with the package `vega-datasets`. */
export function createFlightsTable(): FlightsTable {
  return { prepare };
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
