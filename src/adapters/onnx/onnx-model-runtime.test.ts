import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ModelSpec } from "../../app/ports/model-runtime.ts";
import type { Column, ColumnSchema, Table } from "../../core/tables/table.ts";
import { createOnnxModelRuntime } from "./onnx-model-runtime.ts";

interface Fixture {
  readonly x: readonly (readonly number[])[];
  readonly count: readonly number[];
  readonly level: readonly number[];
  readonly liked: readonly boolean[];
  readonly models: Readonly<
    Record<string, { readonly onnx: string; readonly answer: readonly (number | readonly number[])[] }>
  >;
}

const fixture = JSON.parse(readFileSync(new URL("./models.fixture.json", import.meta.url), "utf8")) as Fixture;
const folder = mkdtempSync(join(tmpdir(), "umpire-onnx-"));
const at = (name: string): string => join(folder, name);
const numbers = (name: string, values: readonly number[]): Column => ({
  name,
  kind: "number",
  values: Float64Array.from(values),
});
const table: Table = {
  rows: 7,
  firstRow: 0,
  columns: new Map(
    [
      ...["p", "q", "r"].map((name, i) =>
        numbers(
          name,
          fixture.x.map((row) => row[i]!),
        ),
      ),
      numbers("count", fixture.count),
      numbers("level", fixture.level),
      { name: "liked", kind: "boolean", values: Uint8Array.from(fixture.liked, Number) } satisfies Column,
    ].map((column) => [column.name, column]),
  ),
};
const columns: readonly ColumnSchema[] = [
  ...["p", "q", "r", "count", "level"].map((name) => ({ name, kind: "number" as const, type: "DOUBLE" })),
  { name: "area", kind: "category", type: "VARCHAR" },
];
const features = ["p", "q", "r"];

beforeAll(() => {
  for (const [name, { onnx }] of Object.entries(fixture.models))
    writeFileSync(at(`${name}.onnx`), Buffer.from(onnx, "base64"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function scores(name: string, spec: Omit<ModelSpec, "path"> = {}): Promise<{ width: number; values: number[] }> {
  const model = await createOnnxModelRuntime().load({ path: at(`${name}.onnx`), ...spec });
  const { width, values } = await model.score(table);
  await model.close();
  return { width, values: [...values] };
}

/** Largest difference to the answer of onnxruntime in Python; infinite where the number of values differs. */
function worst(values: readonly number[], name: string, column: number | null = null): number {
  const answer = fixture.models[name]!.answer;
  const expected =
    column === null ? answer.flat() : answer.map((row) => (Array.isArray(row) ? Number(row[column]) : Number(row)));
  if (values.length !== expected.length) return Number.POSITIVE_INFINITY;
  return Math.max(...expected.map((value, i) => Math.abs(Number(value) - values[i]!)));
}

describe("inputs", () => {
  it("fills one double tensor with the features in their order and reads an answer of shape [n]", async () => {
    expect(worst((await scores("doubles", { features })).values, "doubles")).toBeLessThan(1e-6);
  });

  it("finds inputs by name and fills tensors of int64, int32 and bool, [n,1] and [n]", async () => {
    expect(worst((await scores("named")).values, "named")).toBeLessThan(1e-6);
  });

  it("takes features one after the other where inputs have several columns", async () => {
    expect(worst((await scores("two_tensors", { features })).values, "two_tensors")).toBeLessThan(1e-6);
  });

  it("says what a model without features wants, with a list to paste", async () => {
    await expect(scores("doubles", { columns })).rejects.toMatchObject({
      code: "MODEL",
      message: expect.stringMatching(/wants the input "x" \(float64, 3 columns\)/),
      mend: expect.arrayContaining(["features: [p, q, r]"]),
    });
  });

  it("says how many features are wanted where the number differs", async () => {
    await expect(scores("doubles", { features: ["p", "q"] })).rejects.toMatchObject({
      message: expect.stringContaining("`features` names 2"),
    });
  });

  it("offers the nearest column for a feature or input that is not in the table", async () => {
    await expect(scores("doubles", { features: ["p", "q", "rr"], columns })).rejects.toMatchObject({
      mend: [expect.stringContaining("r")],
    });
    const renamed = columns.map((column) => (column.name === "count" ? { ...column, name: "counts" } : column));
    await expect(scores("named", { columns: renamed })).rejects.toMatchObject({
      message: expect.stringContaining('no column "count"'),
      mend: expect.arrayContaining([expect.stringContaining("counts")]),
    });
  });

  it("wants an encoding for a column of text, and uses it, unknown values being missing", async () => {
    await expect(scores("doubles", { features: ["p", "q", "area"], columns })).rejects.toMatchObject({
      message: expect.stringContaining('wants a number for "area"'),
    });
    const encoded = { ...table, columns: new Map(table.columns) };
    encoded.columns.set("r", {
      name: "r",
      kind: "category",
      codes: new Uint8Array([0, 1, 2, 0, 255, 1, 0]),
      nulls: new Uint8Array([0, 0, 0, 0, 1, 0, 0]),
      dictionary: { texts: ["a", "b", "z"] },
    });
    const model = await createOnnxModelRuntime().load({
      path: at("doubles.onnx"),
      features,
      encode: { r: { a: 1, b: 2 } },
      missing: { r: -1 },
    });
    expect(model.needs).toEqual([
      { name: "p", as: "number" },
      { name: "q", as: "number" },
      { name: "r", as: "category" },
    ]);
    const { values } = await model.score(encoded);
    const codes = [1, 2, -1, 1, -1, 2, 1];
    for (const [i, row] of fixture.x.entries())
      expect(values[i]).toBeCloseTo(1.5 * row[0]! - 2 * row[1]! + 0.25 * codes[i]!, 10);
    await model.close();
  });

  it("refuses a missing value where whole numbers are wanted, and takes one that is said", async () => {
    const holed = { ...table, columns: new Map(table.columns) };
    holed.columns.set("count", {
      ...numbers(
        "count",
        fixture.count.map((value, i) => (i === 2 ? Number.NaN : value)),
      ),
      nulls: new Uint8Array([0, 0, 1, 0, 0, 0, 0]),
    } as Column);
    const runtime = createOnnxModelRuntime();
    const strict = await runtime.load({ path: at("named.onnx") });
    await expect(strict.score(holed)).rejects.toMatchObject({
      message: expect.stringContaining("row 3 holds a missing value"),
    });
    const mended = await runtime.load({ path: at("named.onnx"), missing: { count: fixture.count[2]! } });
    expect(worst([...(await mended.score(holed)).values], "named")).toBeLessThan(1e-6);
  });
});

describe("outputs", () => {
  it("gives all classes of a multiclass model with their names", async () => {
    const model = await createOnnxModelRuntime().load({ path: at("three_classes.onnx"), features, task: "multiclass" });
    expect(model.classes).toEqual(["bird", "cat", "dog"]);
    const { width, values } = await model.score(table);
    expect(width).toBe(3);
    expect(worst([...values], "three_classes")).toBeLessThan(1e-6);
  });

  it("reads through a ZipMap, also when it is asked for by name", async () => {
    for (const output of [undefined, "output_probability"]) {
      const { width, values } = await scores("three_classes_zipmap", {
        features,
        task: "multiclass",
        ...(output === undefined ? {} : { output }),
      });
      expect(width).toBe(3);
      expect(worst(values, "three_classes_zipmap")).toBeLessThan(1e-6);
    }
  });

  it("takes one class of several by name or by column", async () => {
    expect(
      worst((await scores("three_classes", { features, task: "binary", class: "dog" })).values, "three_classes", 2),
    ).toBeLessThan(1e-6);
    expect(
      worst((await scores("three_classes", { features, task: "binary", class: 0 })).values, "three_classes", 0),
    ).toBeLessThan(1e-6);
    await expect(scores("three_classes", { features, task: "binary" })).rejects.toMatchObject({
      mend: [expect.stringContaining("bird, cat, dog")],
    });
    await expect(scores("three_classes", { features, task: "binary", class: "cow" })).rejects.toMatchObject({
      message: expect.stringContaining('no class "cow"'),
    });
  });

  it("takes the positive class of a binary model unless told otherwise", async () => {
    expect(worst((await scores("yes_no", { features, task: "binary" })).values, "yes_no", 1)).toBeLessThan(1e-6);
    const hit = await scores("yes_no", { features, task: "binary", positive: "no" });
    expect(worst(hit.values, "yes_no", 0)).toBeLessThan(1e-6);
    expect(worst((await scores("yes_no", { features, task: "binary", class: "no" })).values, "yes_no", 0)).toBeLessThan(
      1e-6,
    );
  });

  it("wants to know which of several outputs is the score", async () => {
    await expect(scores("two_outputs", { features: ["p"] })).rejects.toMatchObject({
      mend: [expect.stringContaining("first, second")],
    });
    expect(
      worst((await scores("two_outputs", { features: ["p"], output: "second" })).values, "two_outputs"),
    ).toBeLessThan(1e-6);
    await expect(scores("two_outputs", { features: ["p"], output: "secnd" })).rejects.toMatchObject({
      mend: ["nearest: second"],
    });
  });

  it("refuses a model that answers labels only, with the reason", async () => {
    await expect(scores("label_only", { features, task: "binary" })).rejects.toMatchObject({
      message: expect.stringContaining("labels only"),
    });
    await expect(scores("label_only", { features, task: "binary", output: "label" })).rejects.toMatchObject({
      message: expect.stringContaining("is a label, not a score"),
    });
    expect(worst((await scores("label_only", { features, task: "regression" })).values, "label_only")).toBeLessThan(
      1e-6,
    );
  });
});

describe("files", () => {
  const whole = Buffer.from(fixture.models["three_classes"]!.onnx, "base64");
  const cases: [string, Buffer | null, RegExp][] = [
    ["absent.onnx", null, /cannot be read/],
    ["empty.onnx", Buffer.alloc(0), /empty/],
    ["text.onnx", Buffer.from("not a model"), /not an ONNX model/],
    ["pickle.onnx", Buffer.from([0x80, 4, 0x95, 0, 0, 0]), /Python pickle/],
    ["cut.onnx", whole.subarray(0, whole.length - 100), /truncated|cannot load/],
  ];
  for (const [name, content, message] of cases) {
    it(`says what is wrong with ${name}`, async () => {
      if (content !== null) writeFileSync(at(name), content);
      const attempt = createOnnxModelRuntime().load({ path: at(name), features });
      await expect(attempt).rejects.toMatchObject({
        code: "MODEL",
        where: at(name),
        message: expect.stringMatching(message),
      });
    });
  }

  it("reads what is missing in the policy from the files beside the model, the nearer one first", async () => {
    writeFileSync(at("beside.onnx"), Buffer.from(fixture.models["three_classes"]!.onnx, "base64"));
    writeFileSync(
      at("beside.meta.json"),
      JSON.stringify({
        features: ["r", "q", "p"],
        score_output: "probabilities",
        positive_class: "bird",
        missing: "prose",
      }),
    );
    writeFileSync(at("beside.yaml"), "features: [p, q, r]\n");
    expect(worst((await scores("beside", { task: "binary" })).values, "three_classes", 0)).toBeLessThan(1e-6);
    expect(worst((await scores("beside", { task: "binary", class: "cat" })).values, "three_classes", 1)).toBeLessThan(
      1e-6,
    );
  });

  it("refuses a file beside the model that it cannot use", async () => {
    writeFileSync(at("odd.onnx"), whole);
    writeFileSync(at("odd.json"), '{"features": "p"}');
    await expect(scores("odd")).rejects.toMatchObject({ code: "MODEL", where: at("odd.json") });
  });

  it("tells progress up to the last row", async () => {
    const model = await createOnnxModelRuntime().load({ path: at("three_classes.onnx"), features });
    const told: number[][] = [];
    await model.score(table, (...now) => told.push(now));
    expect(told).toEqual([[7, 7]]);
    await model.close();
  });

  it("names the artifact by its SHA-256", async () => {
    const model = await createOnnxModelRuntime().load({ path: at("three_classes.onnx"), features });
    expect(model.digest).toMatch(/^[0-9a-f]{64}$/);
    await model.close();
  });
});
