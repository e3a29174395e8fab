import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFlightsTable } from "./duckdb-flights-table.ts";
import { openEngine, type Engine } from "./engine.ts";

const script = resolve(import.meta.dirname, "../../../examples/flights/prepare.sql");

describe("the demo's table of flights", () => {
  let folder: string;
  let engine: Engine;
  const destination = (): string => join(folder, "flights.parquet");

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "umpire-flights-"));
    await createFlightsTable().prepare({
      script,
      since: "2001-06-04 04:00:00",
      until: "2001-06-06 04:00:00",
      destination: destination(),
    });
    engine = await openEngine();
  });
  afterAll(() => {
    engine.close();
    rmSync(folder, { recursive: true });
  });

  it("holds the flights of the period, each once, and leaves no other file", async () => {
    const raw = "select count(*) from prepared_file where date < '2001-06-04 04:00' or date >= '2001-06-06 04:00'";
    await engine.connection.run(`create view prepared_file as select * from '${destination()}'`);
    expect(await engine.rows(raw)).toEqual([["0"]]);
    expect(
      await engine.rows("select count(*) = count(distinct flight), count(distinct day) from prepared_file"),
    ).toEqual([[true, "2"]]);
    expect(readdirSync(folder)).toEqual(["flights.parquet"]);
  });

  it("counts on the board only flights that left this airport today and have landed by now", async () => {
    // The same by brute force, for one airport and one day.
    const slow = `
      with leg as (select *, date + to_minutes(cast(60 + distance / 7 as integer)) as landed
                   from prepared_file where origin = 'SAN' and day = '2001-06-05')
      select count(*) from leg as asks where board_landed <> (select count(*) from leg where landed < asks.date)
        or coalesce(board_late_share, -1) <> coalesce(
          cast((select avg(late) from leg where landed < asks.date) as float), cast(-1 as float))`;
    expect(await engine.rows(slow)).toEqual([["0"]]);
    expect(await engine.rows("select count(*) > 100 from prepared_file where origin = 'SAN'")).toEqual([[true]]);
  });
});
