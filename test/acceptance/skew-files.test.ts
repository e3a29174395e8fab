import { readFileSync, writeFileSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sharedData } from "../shared-data.ts";
import { createDuckDbTableReader } from "../../src/adapters/duckdb/duckdb-table-reader.ts";
import { readSkewSpec } from "../../src/schemas/skew-spec.ts";
import { skewFiles } from "../../src/app/skew/skew-files.ts";

const raw = sharedData("skew/raw_requests.parquet");
const tools = () => ({ reader: createDuckDbTableReader(), progress: () => {}, signal: new AbortController().signal });

test.skipIf(raw === null)(
  "the 84 wrong rows of the shared skew data are found, with their column, start and unit",
  async () => {
    const used = tools();
    const specFile = sharedData("skew/spec.json")!;
    const spec = readSkewSpec(readFileSync(specFile, "utf8"), "spec.json");
    const logged = sharedData("skew/logged_features.parquet")!;
    const skew = await skewFiles({ raw: [raw!], logged: [logged], spec, id: "row_id", time: null, limit: 0 }, used);
    const truth: string[] = [];
    const source = await used.reader.open([sharedData("skew/truth.parquet")!]);
    for await (const block of source.read({ columns: [{ name: "row_id", as: "number" }] })) {
      const column = block.columns.get("row_id")!;
      if (column.kind === "number") for (const value of column.values) truth.push(String(value));
    }
    await used.reader.close();
    const [worst, ...others] = skew.features;
    expect(worst).toMatchObject({ name: "temp", differing: 84, cause: { kind: "unit", explains: 1 } });
    expect(worst!.cause!.sentence).toContain("Fahrenheit");
    expect(worst!.ids.toSorted()).toEqual(truth.toSorted());
    // The declared start is 15 September; the first wrong row came two days later.
    expect(worst!.since).toBe("2012-09-17T01:00:00.000Z");
    expect(Date.parse(worst!.since_earliest!)).toBeLessThanOrEqual(Date.UTC(2012, 8, 15));
    expect(others.every((feature) => feature.differing === 0)).toBe(true);
    expect(skew).toMatchObject({
      outcome: "skew",
      affected_rows: 84,
      rows: { joined: 5096, only_raw: 0, only_logged: 0 },
    });
  },
);

test("without a specification, equal names are compared, rows join on the id in any order, and text is text", async () => {
  const folder = mkdtempSync(join(tmpdir(), "umpire-"));
  writeFileSync(join(folder, "a.csv"), "request_id,x,city\n1,0.5,Oslo\n2,1.5,Bergen\n3,2.5,Oslo\n");
  writeFileSync(join(folder, "b.csv"), "request_id,x,city\n3,2.5,oslo\n2,1.5,Bergen\n4,9,Oslo\n");
  const used = tools();
  const request = {
    raw: [join(folder, "a.csv")],
    logged: [join(folder, "b.csv")],
    spec: null,
    id: null,
    time: null,
    limit: 0,
  };
  const skew = await skewFiles(request, used);
  await used.reader.close();
  expect(skew.rows).toEqual({ joined: 2, only_raw: 1, only_logged: 1, repeated: 0 });
  expect(skew.features.map((feature) => [feature.name, feature.differing])).toEqual([
    ["city", 1],
    ["x", 0],
  ]);
});

test("a column that the specification names and the data lack is a failure with the nearest name", async () => {
  const folder = mkdtempSync(join(tmpdir(), "umpire-"));
  writeFileSync(join(folder, "a.csv"), "id,temperature\n1,2\n");
  writeFileSync(join(folder, "b.csv"), "id,temp\n1,2\n");
  const used = tools();
  const spec = readSkewSpec("features: { temp: temprature / 41 }", "skew.yaml");
  const request = {
    raw: [join(folder, "a.csv")],
    logged: [join(folder, "b.csv")],
    spec,
    id: "id",
    time: null,
    limit: 0,
  };
  await expect(skewFiles(request, used)).rejects.toMatchObject({
    code: "COLUMN_MISSING",
    mend: ["nearest: temperature"],
  });
  await used.reader.close();
});
