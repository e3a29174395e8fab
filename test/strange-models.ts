import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect } from "vitest";
import type { ModelSpec } from "../src/app/ports/model-runtime.ts";
import type { ServingModel } from "../src/app/ports/serving-runtime.ts";
import type { Table } from "../src/core/tables/table.ts";
import { createOnnxModelRuntime } from "../src/adapters/onnx/onnx-model-runtime.ts";
import { createOnnxServingRuntime } from "../src/adapters/onnx/onnx-serving-runtime.ts";

/** Models of `strange-models.fixture.py` in a folder of their own, fed with its rows `x` as the columns p, q, r. */
interface Fixture {
  readonly x: readonly (readonly number[])[];
  readonly models: Readonly<
    Record<
      string,
      { readonly onnx: string; readonly weights?: string; readonly answers: Readonly<Record<string, unknown>> }
    >
  >;
}

export const fixture = JSON.parse(
  readFileSync(new URL("../src/adapters/onnx/strange-models.fixture.json", import.meta.url), "utf8"),
) as Fixture;
export const folder = mkdtempSync(join(tmpdir(), "umpire-strange-"));
export const path = (name: string): string => join(folder, `${name}.onnx`);
export const features = ["p", "q", "r"];
export const records = fixture.x.map((row) => Object.fromEntries(features.map((name, i) => [name, row[i]])));
export const rows = fixture.x.length;

for (const [name, { onnx }] of Object.entries(fixture.models)) writeFileSync(path(name), Buffer.from(onnx, "base64"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

export async function serve<T>(
  name: string,
  spec: Omit<ModelSpec, "path">,
  use: (model: ServingModel) => T | Promise<T>,
): Promise<T> {
  const model = await createOnnxServingRuntime().load({ kind: "onnx", path: path(name), ...spec });
  try {
    return await use(model);
  } finally {
    await model.close();
  }
}

export function numbersTable(names: readonly string[]): Table {
  const columns = names.map((name, i) => ({
    name,
    kind: "number" as const,
    values: Float64Array.from(fixture.x, (row) => row[i]!),
  }));
  return { rows, firstRow: 0, columns: new Map(columns.map((column) => [column.name, column])) };
}

export async function judged(
  name: string,
  spec: Omit<ModelSpec, "path">,
): Promise<{ width: number; values: number[] }> {
  const table = numbersTable(features);
  const model = await createOnnxModelRuntime().load({ path: path(name), features, ...spec });
  try {
    const { width, values } = await model.score(table);
    return { width, values: [...values] };
  } finally {
    await model.close();
  }
}

/** The numbers of an output as onnxruntime gave them in Python. */
export const expected = (name: string, output: string): number[] =>
  (fixture.models[name]!.answers[output] as number[]).flat(3);

export function near(actual: ArrayLike<number>, wanted: readonly number[]): void {
  expect(actual.length).toBe(wanted.length);
  for (const [i, value] of wanted.entries()) expect(actual[i]).toBeCloseTo(value, 5);
}

export const second = (values: readonly number[]): number[] => values.filter((_, i) => i % 2 === 1);
