import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { ServingModel } from "../../app/ports/serving-runtime.ts";
import type { Tensor } from "../../core/serving/tensor.ts";
import fixture from "./odd-inputs.fixture.json" with { type: "json" };
import { createOnnxModelRuntime, mendOfLoading } from "./onnx-model-runtime.ts";
import { createOnnxServingRuntime } from "./onnx-serving-runtime.ts";

const folder = mkdtempSync(join(tmpdir(), "umpire-odd-inputs-"));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(name: "four_rows" | "sequences" | "pair" | "scalar"): string {
  const path = join(folder, `${name}.onnx`);
  writeFileSync(path, Buffer.from(fixture[name].onnx, "base64"));
  return path;
}

async function served<T>(name: Parameters<typeof fileOf>[0], use: (model: ServingModel) => Promise<T>): Promise<T> {
  const model = await createOnnxServingRuntime().load({ kind: "onnx", path: fileOf(name) });
  try {
    return await use(model);
  } finally {
    await model.close();
  }
}

test("a model of four rows at a time judges seven: the last run is filled up, and what fills it is no answer", async () => {
  const names = ["p", "q", "r"];
  const model = await createOnnxModelRuntime().load({ path: fileOf("four_rows"), features: names, task: "regression" });
  const columns = new Map(
    names.map((name, i) => {
      const values = Float64Array.from(fixture.x, (row) => row[i]!);
      return [name, { name, kind: "number" as const, values }];
    }),
  );
  const { width, values } = await model.score({ rows: 7, firstRow: 0, columns });
  await model.close();
  expect(width).toBe(1);
  expect(values).toHaveLength(7);
  fixture.four_rows.answer.forEach((answer, i) => expect(values[i]).toBeCloseTo(answer, 5));
});

test("a record holds a sequence of any length as a list, those of one request being of one length", async () => {
  const { ids, answer } = fixture.sequences;
  await served("sequences", async (model) => {
    const records = ids.map((own) => ({ ids: own }));
    const found = await model.predict({ count: 2, records }, {});
    expect([...found.scores]).toEqual(answer);
    const uneven = [{ ids: [1, 2, 3] }, { ids: [1, 2] }];
    expect(() => model.encode(uneven)).toThrow(/record 2: "ids" has 2 values and the first record has 3/);
    expect(() => model.encode([{ ids: 5 }])).toThrow(/record 1: "ids" takes any values in nested lists and got 5/);
  });
});

test("inputs of other numbers of rows are refused: the runtime would repeat the single row without a word", async () => {
  const tensor = (name: string, values: number[]): Tensor => ({
    name,
    datatype: "FP32",
    shape: [values.length],
    data: Float32Array.from(values),
  });
  await served("pair", async (model) => {
    const good = await model.predict({ count: 2, tensors: [tensor("a", [1, 2]), tensor("b", [3, 4])] }, {});
    expect([...good.scores]).toEqual([4, 6]);
    const uneven = model.predict({ count: 2, tensors: [tensor("a", [1, 2]), tensor("b", [3])] }, {});
    await expect(uneven).rejects.toThrow('the input "a" has 2 rows and "b" has 1');
  });
});

test("an input of one value for all rows is refused when the model is loaded, with what to do", async () => {
  await expect(served("scalar", async () => null)).rejects.toMatchObject({
    code: "MODEL",
    message: expect.stringContaining('its input "t" is one value for all rows'),
    mend: [expect.stringContaining("[N, 1]")],
  });
});

test("a model that cannot be loaded says what helps: a locale, a file of weights, another operator set", () => {
  const graph = { opset: { "ai.onnx": 99 } };
  expect(mendOfLoading("Failed to construct locale with name:en_US.UTF-8:locale::facet", graph)[0]).toMatch(
    /by the locale en_US\.UTF-8, which this machine lacks: install it/,
  );
  expect(mendOfLoading('External data path does not exist: "w.bin"', graph)[0]).toMatch(
    /weights in files of their own/,
  );
  expect(mendOfLoading("ONNX Runtime only guarantees support", graph)[0]).toMatch(/needs ai\.onnx 99/);
});
