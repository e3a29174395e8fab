import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sharedData } from "../shared-data.ts";
import type { TableBlock } from "../../src/app/ports/table-reader.ts";
import type { Column, Table } from "../../src/core/tables/table.ts";
import { createDuckDbTableReader } from "../../src/adapters/duckdb/duckdb-table-reader.ts";
import { createOnnxModelRuntime } from "../../src/adapters/onnx/onnx-model-runtime.ts";

/** Every model of the shared data sets, the file that holds its scores, and their column. */
const models: readonly (readonly [model: string, data: string | null, scores: string])[] = [
  ["movies/models/champion", "movies/test.parquet", "score_champion"],
  ["movies/models/challenger", "movies/test.parquet", "score_challenger"],
  ["movies/models/challenger_activeonly", "movies/test.parquet", "score_challenger_activeonly"],
  ["movies/models/challenger_fixed", "movies/test.parquet", "score_challenger_fixed"],
  ["movies/models/challenger_fixed_seed2", "movies/test.parquet", "score_challenger_fixed_seed2"],
  ["movies/models/leaky", "movies/test.parquet", "score_leaky_offline"],
  ["movies/models/position_biased", "movies/test.parquet", "score_position_logged"],
  ["income/models/champion_logreg", "income/test.parquet", "score_champion"],
  ["income/models/champion_logreg_zipmap", "income/test.parquet", "score_champion"],
  ["income/models/challenger_lgb", "income/test.parquet", "score_challenger_lgb"],
  ["income/models/challenger_lgb_seed2", "income/test.parquet", "score_challenger_lgb_seed2"],
  ["income/models/challenger_xgb", "income/test.parquet", "score_challenger_xgb"],
  ["rides/models/champion_xgb", "rides/test.parquet", "pred_champion"],
  ["rides/models/baseline_linear", "rides/test.parquet", "pred_baseline"],
  ["rides/models/retrained_lgb", "rides/production.parquet", "pred_retrained"],
  ["stream/models/champion_v1", "stream/reference.parquet", "score_champion_v1"],
  ["stream/models/retrained_v2", "stream/production.parquet", "score_retrained_v2"],
  ["loans/models/challenger_logreg", "loans/reference.parquet", "loans/reference_challenger_scores.parquet"],
  ["text/models/champion_tfidf", "text/test.parquet", "score_champion_tfidf"],
  ["text/models/baseline_hashed", null, ""],
];

/** 1e-5, for rides relative to values in the hundreds: sums of trees in float32 differ in the order of addition. */
const toleranceOf = (model: string): number => (model.startsWith("rides") ? 1e-5 * 100 : 1e-5);

interface Golden {
  readonly rows: number;
  readonly features: readonly string[] | { readonly inputs_by_name: readonly string[] };
  readonly inputs: Readonly<
    Record<string, { readonly dtype: string; readonly data: readonly (readonly (number | string | null)[])[] }>
  >;
  readonly outputs: Readonly<Record<string, { readonly dtype: string; readonly data: readonly unknown[] }>>;
}

describe.skipIf(sharedData("movies") === null)(
  "the models of the shared data sets (skipped where ../shared/data is not there)",
  () => {
    for (const [model, data, scores] of models) {
      it(`reproduces the golden rows of ${model}`, async () => {
        const golden = JSON.parse(readFileSync(sharedData(`${model}.golden.json`)!, "utf8")) as Golden;
        const meta = JSON.parse(readFileSync(sharedData(`${model}.meta.json`)!, "utf8")) as { encoding?: unknown };
        const runtime = createOnnxModelRuntime();
        // Golden rows hold codes already.
        const loaded = await runtime.load({
          path: sharedData(`${model}.onnx`)!,
          ...(meta.encoding === undefined ? {} : { encode: {} }),
        });
        const { width, values } = await loaded.score(goldenTable(golden));
        expect(width).toBe(1);
        const expected = goldenScores(golden);
        expect(expected).toHaveLength(golden.rows);
        for (const [i, score] of expected.entries())
          expect(Math.abs(values[i]! - score)).toBeLessThanOrEqual(toleranceOf(model));
        await loaded.close();
      });
      if (data === null) continue;
      it(`reproduces the scores of ${model} in ${data}`, async () => {
        const reader = createDuckDbTableReader();
        const source = await reader.open([sharedData(data)!]);
        const loaded = await createOnnxModelRuntime().load({
          path: sharedData(`${model}.onnx`)!,
          columns: source.columns,
          task: "binary",
        });
        const apart = scores.endsWith(".parquet");
        const wanted = apart ? await columnOf(reader, scores, null) : await columnOf(reader, data, scores);
        let row = 0;
        let compared = 0;
        let worst = 0;
        for await (const block of source.read({ columns: loaded.needs, blockRows: 10_000 })) {
          const { values } = await loaded.score(model.startsWith("text") ? withCleanText(block) : block);
          for (const value of values) {
            const expected = wanted[row++]!;
            if (Number.isNaN(expected)) continue;
            compared++;
            worst = Math.max(worst, Math.abs(value - expected));
          }
        }
        expect(row).toBe(wanted.length);
        expect(compared).toBeGreaterThan(400);
        expect(worst).toBeLessThanOrEqual(toleranceOf(model));
        await loaded.close();
        await reader.close();
      });
    }
  },
);

function goldenTable(golden: Golden): Table {
  const names = Array.isArray(golden.features) ? (golden.features as readonly string[]) : null;
  const columns = new Map<string, Column>();
  for (const [input, { dtype, data }] of Object.entries(golden.inputs)) {
    const width = data[0]?.length ?? 0;
    for (let at = 0; at < width; at++) {
      const name = width === 1 ? input : (names?.[at] ?? "");
      const cells = data.map((row) => row[at] ?? null);
      columns.set(
        name,
        dtype === "string"
          ? textColumn(name, cells.map(String))
          : numberColumn(
              name,
              cells.map((cell) => Number(cell ?? Number.NaN)),
            ),
      );
    }
  }
  return { rows: golden.rows, firstRow: 0, columns };
}

function numberColumn(name: string, values: readonly number[]): Column {
  return { name, kind: "number", values: Float64Array.from(values) };
}

function textColumn(name: string, values: readonly string[]): Column {
  return { name, kind: "category", codes: Uint16Array.from(values.keys()), dictionary: { texts: values } };
}

function goldenScores(golden: Golden): number[] {
  const output = Object.values(golden.outputs).find(({ dtype }) => dtype !== "int64");
  return (output?.data ?? []).map((cell) => {
    if (Array.isArray(cell)) return Number(cell.at(-1));
    return typeof cell === "object" && cell !== null ? Number((cell as Record<string, number>)["1"]) : Number(cell);
  });
}

async function columnOf(
  reader: ReturnType<typeof createDuckDbTableReader>,
  file: string,
  name: string | null,
): Promise<number[]> {
  const source = await reader.open([sharedData(file)!]);
  const wanted = name ?? source.columns.at(-1)!.name;
  const values: number[] = [];
  for await (const block of source.read({ columns: [{ name: wanted, as: "number" }] })) {
    const column = block.columns.get(wanted);
    if (column?.kind === "number") values.push(...column.values);
  }
  return values;
}

/** What the text models were trained on: lower case, everything outside printable ASCII replaced by a space. */
function withCleanText(block: TableBlock): Table {
  const column = block.columns.get("text");
  if (column?.kind !== "category") throw new Error("no text");
  const texts = column.dictionary.texts.map((text) => text.toLowerCase().replaceAll(/[^ -~]/gu, " "));
  return { ...block, columns: new Map([["text", { ...column, dictionary: { texts } }]]) };
}
