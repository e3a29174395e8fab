import { describe, expect, it } from "vitest";
import type { Column } from "../../core/tables/table.ts";
import type { Baseline, ModelSource } from "../../schemas/policy/policy.ts";
import { memoryTableSource } from "../ports/memory-table-source.ts";
import type { ModelRuntime } from "../ports/model-runtime.ts";
import type { TableBlock } from "../ports/table-reader.ts";
import type { ScoringRequest } from "./prepare-scoring.ts";
import { mergeNeeds, prepareScoring } from "./prepare-scoring.ts";
import type { Scored } from "./scored.ts";
import { wholeTable } from "./whole-table.ts";

const number = (name: string, values: readonly (number | null)[]): Column => {
  const nulls = Uint8Array.from(values, (value) => (value === null ? 1 : 0));
  const base = nulls.includes(1) ? { name, nulls } : { name };
  return { ...base, kind: "number", values: Float64Array.from(values, (value) => value ?? Number.NaN) };
};
const text = (name: string, values: readonly (string | null)[]): Column => {
  const texts = [...new Set(values.filter((value) => value !== null))];
  const nulls = Uint8Array.from(values, (value) => (value === null ? 1 : 0));
  const codes = Uint8Array.from(values, (value) => (value === null ? 255 : texts.indexOf(value)));
  return { name, kind: "category", codes, dictionary: { texts }, ...(nulls.includes(1) ? { nulls } : {}) };
};
const time = (name: string, values: readonly number[]): Column => ({
  name,
  kind: "time",
  values: Float64Array.from(values),
});

const twice: ModelRuntime = {
  load: async (spec) => ({
    digest: `digest of ${spec.path}`,
    needs: [{ name: "x", as: "float32" }],
    ...(spec.task === "multiclass" ? { classes: ["b", "a"] } : {}),
    score: async (table) => {
      const x = table.columns.get("x");
      const values = x?.kind === "number" ? Float64Array.from(x.values, (value) => value * 2) : new Float64Array(0);
      if (spec.task !== "multiclass") return { width: 1, values };
      return { width: 2, values: Float64Array.from({ length: table.rows * 2 }, (_, at) => (at % 2 === 0 ? 0.9 : 0.1)) };
    },
    close: async () => {},
  }),
};

interface Setup extends Partial<Omit<ScoringRequest, "models" | "baselines" | "test" | "train">> {
  readonly columns: readonly Column[];
  readonly train?: readonly Column[];
  readonly models?: Readonly<Record<string, ModelSource>>;
  readonly baselines?: Readonly<Record<string, Baseline>>;
}

async function scored(setup: Setup): Promise<Scored> {
  const rowsOf = (columns: readonly Column[]): number => {
    const [first] = columns;
    return first === undefined ? 0 : first.kind === "category" ? first.codes.length : first.values.length;
  };
  const { columns, train, models, baselines, ...rest } = setup;
  const test = memoryTableSource(columns, rowsOf(columns));
  const scoring = await prepareScoring({
    task: "binary",
    label: "y",
    positive: null,
    id: [],
    time: null,
    aggregate: null,
    notFeatures: [],
    runtime: twice,
    resolvePath: (path) => `/folder/${path}`,
    ...rest,
    models: Object.entries(models ?? {}).map(([name, source]) => ({ name, source })),
    baselines: Object.entries(baselines ?? {}).map(([name, baseline]) => ({ name, baseline })),
    test,
    train: train === undefined ? null : memoryTableSource(train, rowsOf(train)),
  });
  const table = await wholeTable(test.read({ columns: scoring.needs }));
  const result = await scoring.score(table);
  await scoring.close();
  return result;
}

const scoresOf = (result: Scored, name: string): number[] => [
  ...(result.models.find((model) => model.name === name)?.scores ?? []),
];

describe("models", () => {
  const columns = [
    number("y", [0, 1, 1]),
    number("s", [0.1, 0.7, 0.9]),
    number("x", [1, 2, 3]),
    text("area", ["n", "s", null]),
  ];

  it("takes scores from a column, an ONNX file, a rule and a constant, row by row", async () => {
    const when = (column: string, values: string[]) => ({ kind: "is", column, values }) as const;
    const result = await scored({
      columns,
      models: {
        champion: { kind: "column", column: "s" },
        challenger: { kind: "onnx", onnx: "m.onnx" },
        rule: {
          kind: "rule",
          rule: {
            when: when("area", ["n"]),
            yes: 0.2,
            no: { when: { kind: "range", column: "x", range: { from: 3 } }, yes: 0.8, no: 0.5 },
          },
        },
        always: { kind: "constant", value: 0.3 },
      },
    });
    expect(scoresOf(result, "champion")).toEqual([0.1, 0.7, 0.9]);
    expect(scoresOf(result, "challenger")).toEqual([2, 4, 6]);
    expect(scoresOf(result, "rule")).toEqual([0.2, 0.5, 0.8]);
    expect(scoresOf(result, "always")).toEqual([0.3, 0.3, 0.3]);
    expect(result.models[1]?.fingerprint).toBe("digest of /folder/m.onnx");
    expect(result.models[0]?.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect([...result.label]).toEqual([0, 1, 1]);
  });

  it("leaves rows without a label out of everything, and counts them", async () => {
    const result = await scored({
      columns: [number("y", [0, null, 1]), number("s", [0.1, null, 0.9])],
      models: { champion: { kind: "column", column: "s" } },
    });
    expect(result.rowsWithoutLabel).toBe(1);
    expect(result.table.rows).toBe(2);
    expect([...result.label]).toEqual([0, 1]);
    expect(scoresOf(result, "champion")).toEqual([0.1, 0.9]);
  });

  it("refuses scores that are not finite, with the model, the count and the first rows", async () => {
    const columns = [
      number("y", [0, 1, 1]),
      number("s", [0.1, null, Number.POSITIVE_INFINITY]),
      text("request", ["a", "b", "c"]),
    ];
    await expect(scored({ columns, models: { champion: { kind: "column", column: "s" } } })).rejects.toMatchObject({
      code: "DATA",
      message: 'the scores of "champion" are NaN, missing or infinite on 2 of 3 rows; first: row 2; row 3',
    });
  });

  it("offers the nearest name for a score column that is not there", async () => {
    await expect(scored({ columns, models: { champion: { kind: "column", column: "ss" } } })).rejects.toMatchObject({
      code: "COLUMN_MISSING",
      mend: [expect.stringMatching(/^nearest names: s/)],
    });
  });

  it("refuses a rule on a column that is not there, and one that answers text where a number is wanted", async () => {
    const rule = (column: string, yes: number | string) =>
      ({ kind: "rule", rule: { when: { kind: "null", column, isNull: true }, yes, no: 0 } }) as const;
    await expect(scored({ columns, models: { a: rule("ara", 1) } })).rejects.toMatchObject({
      code: "POLICY",
      message: expect.stringContaining('"ara"'),
    });
    await expect(scored({ columns, models: { a: rule("area", "yes") } })).rejects.toMatchObject({
      code: "POLICY",
      message: expect.stringContaining('the text "yes"'),
    });
  });
});

describe("labels", () => {
  const labelled = async (column: Column, setup: Partial<Setup> = {}): Promise<number[]> => [
    ...(await scored({ columns: [column], ...setup })).label,
  ];

  it("reads yes and no, true and false as 1 and 0", async () => {
    expect(await labelled(text("y", ["yes", "No", "yes"]))).toEqual([1, 0, 1]);
    expect(await labelled({ name: "y", kind: "boolean", values: Uint8Array.of(1, 0) })).toEqual([1, 0]);
  });

  it("takes what `positive` says for a hit", async () => {
    expect(
      await labelled(number("y", [1, 2, 3]), { positive: { kind: "range", column: "y", range: { from: 2 } } }),
    ).toEqual([0, 1, 1]);
    expect(
      await labelled(text("y", ["good", "bad"]), { positive: { kind: "is", column: "y", values: ["bad"] } }),
    ).toEqual([0, 1]);
  });

  it("refuses a label that is neither 0 nor 1, with the row and a line to paste", async () => {
    await expect(labelled(number("y", [0, 2]))).rejects.toMatchObject({
      code: "DATA",
      message: expect.stringContaining("holds 2 (row 2)"),
      mend: [expect.stringContaining("{ from: 2 }"), expect.any(String)],
    });
    await expect(labelled(text("y", ["good"]))).rejects.toMatchObject({
      mend: [expect.stringContaining('positive: "good"'), expect.any(String)],
    });
  });

  it("keeps graded gains for ranking, 0 where `positive` does not hold, and refuses negative ones", async () => {
    expect(await labelled(number("y", [0, 1, 3]), { task: "ranking" })).toEqual([0, 1, 3]);
    expect(
      await labelled(number("y", [0, 1, 3]), {
        task: "ranking",
        positive: { kind: "range", column: "y", range: { from: 2 } },
      }),
    ).toEqual([0, 0, 3]);
    await expect(labelled(number("y", [-1]), { task: "ranking" })).rejects.toMatchObject({ code: "DATA" });
  });
});

describe("multiclass", () => {
  const columns = [
    text("y", ["b", "a", "b"]),
    number("pa", [0.2, 0.8, 0.4]),
    number("pb", [0.8, 0.2, 0.6]),
    text("guess", ["a", "a", "b"]),
    number("x", [1, 2, 3]),
  ];

  it("brings the probabilities of every model into the order of all classes", async () => {
    const result = await scored({
      task: "multiclass",
      columns,
      models: {
        columns: { kind: "columns", columns: { b: "pb", a: "pa" } },
        onnx: { kind: "onnx", onnx: "m.onnx" },
        guess: { kind: "column", column: "guess" },
        always: { kind: "constant", value: "c" },
      },
    });
    expect(result.classes).toEqual(["a", "b", "c"]);
    expect([...result.label]).toEqual([1, 0, 1]);
    expect(scoresOf(result, "columns")).toEqual([0.2, 0.8, 0, 0.8, 0.2, 0, 0.4, 0.6, 0]);
    expect(scoresOf(result, "onnx").slice(0, 3)).toEqual([0.1, 0.9, 0]);
    expect([...(result.models[2]?.predicted ?? [])]).toEqual([0, 0, 1]);
    expect([...(result.models[3]?.predicted ?? [])]).toEqual([2, 2, 2]);
  });

  it("fits class shares, the most frequent class and chance", async () => {
    const result = await scored({
      task: "multiclass",
      columns,
      train: [text("y", ["b", "b", "b", "a"])],
      baselines: { prior: { kind: "prior" }, majority: { kind: "majority" }, chance: { kind: "random", seed: 3 } },
    });
    expect(scoresOf(result, "prior").slice(0, 2)).toEqual([0.25, 0.75]);
    expect(scoresOf(result, "majority").slice(0, 2)).toEqual([0, 1]);
    const chance = scoresOf(result, "chance");
    expect(chance[0]! + chance[1]!).toBeCloseTo(1, 12);
    expect(new Set(chance).size).toBe(6);
  });
});

describe("baselines", () => {
  const train = [
    number("y", [10, 20, 30, 40]),
    text("area", ["n", "n", "s", "s"]),
    number("x", [1, 2, 3, 4]),
    time("t", [0, 1, 2, 3]),
  ];
  const columns = [
    number("y", [50, 60, 70]),
    text("area", ["s", "n", "w"]),
    number("x", [5, 1, 2]),
    time("t", [4, 5, 6]),
    number("yesterday", [1, 2, 3]),
  ];
  const regression = (baselines: Readonly<Record<string, Baseline>>) =>
    scored({ task: "regression", columns, train, time: "t", baselines });

  it("gives the mean and the median, by a column too, and the overall one for a value not seen", async () => {
    const result = await regression({
      mean: { kind: "mean", by: [] },
      areas: { kind: "mean", by: ["area"] },
      median: { kind: "median", by: ["area"] },
    });
    expect(scoresOf(result, "mean")).toEqual([25, 25, 25]);
    expect(scoresOf(result, "areas")).toEqual([35, 15, 25]);
    expect(scoresOf(result, "median")).toEqual([35, 15, 25]);
  });

  it("gives the last known label, overall and by a column, and one of a season before", async () => {
    const result = await regression({
      last: { kind: "last", by: [] },
      areas: { kind: "last", by: ["area"] },
      rows: { kind: "seasonal_last", period: { rows: 3 }, by: [] },
      span: { kind: "seasonal_last", period: { milliseconds: 2 }, by: [] },
      column: { kind: "column", column: "yesterday" },
    });
    expect(scoresOf(result, "last")).toEqual([40, 50, 60]);
    expect(scoresOf(result, "areas")).toEqual([40, 20, 25]);
    expect(scoresOf(result, "rows")).toEqual([20, 30, 40]);
    expect(scoresOf(result, "span")).toEqual([30, 40, 50]);
    expect(scoresOf(result, "column")).toEqual([1, 2, 3]);
  });

  it("learns a line from the number columns that are no label, time or score", async () => {
    const result = await regression({
      linear: { kind: "linear", features: null },
      chance: { kind: "random", seed: 1 },
    });
    expect(scoresOf(result, "linear")[0]).toBeGreaterThan(scoresOf(result, "linear")[1]!);
    for (const value of scoresOf(result, "chance")) expect([10, 20, 30, 40]).toContain(value);
  });

  it("learns a cut and a logistic curve for a binary label", async () => {
    const binary = {
      train: [number("y", [0, 0, 1, 1]), number("x", [1, 2, 3, 4])],
      columns: [number("y", [1, 0]), number("x", [9, 0])],
    };
    const result = await scored({
      ...binary,
      baselines: {
        cut: { kind: "threshold", column: "x", at: null },
        given: { kind: "threshold", column: "x", at: 20 },
        curve: { kind: "logistic", features: ["x"] },
        prior: { kind: "prior" },
      },
    });
    expect(scoresOf(result, "cut")).toEqual([1, 0]);
    expect(scoresOf(result, "given")).toEqual([0, 0]);
    expect(scoresOf(result, "curve")[0]).toBeGreaterThan(0.9);
    expect(scoresOf(result, "prior")).toEqual([0.5, 0.5]);
  });

  it("draws the same chance for a row wherever the table is cut, and another with another seed", async () => {
    const y = number(
      "y",
      Array.from({ length: 400 }, (_, i) => i % 2),
    );
    const chance = async (seed: number) =>
      scoresOf(await scored({ columns: [y], baselines: { chance: { kind: "random", seed } } }), "chance");
    const first = await chance(7);
    expect(await chance(7)).toEqual(first);
    expect(await chance(8)).not.toEqual(first);
    const mean = first.reduce((sum, value) => sum + value, 0) / first.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / first.length));
  });

  it("asks for training data where none are named, and for another task where it does not fit", async () => {
    const columns = [number("y", [0, 1])];
    await expect(scored({ columns, baselines: { prior: { kind: "prior" } } })).rejects.toMatchObject({
      code: "POLICY",
      mend: ["name it under data: train: FILE"],
    });
    await expect(
      scored({ columns, train: columns, baselines: { line: { kind: "linear", features: null } } }),
    ).rejects.toMatchObject({ message: expect.stringContaining("regression and ranking") });
  });
});

describe("aggregate", () => {
  it("joins rows by columns, scores and label by what the policy says", async () => {
    const result = await scored({
      columns: [number("y", [0, 1, 0, 0]), text("video", ["v", "v", "w", "w"]), number("s", [0.2, 0.4, 0.9, 0.1])],
      models: { champion: { kind: "column", column: "s" } },
      aggregate: { by: ["video"], score: "max", label: "max" },
    });
    expect(result.table.rows).toBe(2);
    expect([...result.label]).toEqual([1, 0]);
    expect(scoresOf(result, "champion")).toEqual([0.4, 0.9]);
  });

  it("knows max, min, mean, sum, first and last", async () => {
    const joined = async (score: "max" | "min" | "mean" | "sum" | "first" | "last"): Promise<number[]> => {
      const columns = [number("y", [0, 1, 0]), text("v", ["a", "b", "a"]), number("s", [3, 5, 7])];
      return scoresOf(
        await scored({
          columns,
          models: { m: { kind: "column", column: "s" } },
          aggregate: { by: ["v"], score, label: "max" },
        }),
        "m",
      );
    };
    expect(await joined("max")).toEqual([7, 5]);
    expect(await joined("min")).toEqual([3, 5]);
    expect(await joined("mean")).toEqual([5, 5]);
    expect(await joined("sum")).toEqual([10, 5]);
    expect(await joined("first")).toEqual([3, 5]);
    expect(await joined("last")).toEqual([7, 5]);
  });
});

describe("joining blocks to one table", () => {
  it("keeps rows in order when one block holds nulls and the other not", async () => {
    const block = (firstRow: number, column: Column): TableBlock => ({
      rows: 2,
      firstRow,
      columns: new Map([["n", column]]),
      units: Uint32Array.of(firstRow, 9),
    });
    const parts = [
      block(0, { name: "n", kind: "number", values: Int32Array.of(1, 2) }),
      block(2, number("n", [null, 4])),
    ];
    const table = await wholeTable(
      (async function* () {
        yield* parts;
      })(),
    );
    expect(table.rows).toBe(4);
    expect(table.columns.get("n")).toEqual({
      name: "n",
      kind: "number",
      values: Float64Array.of(1, 2, Number.NaN, 4),
      nulls: Uint8Array.of(0, 0, 1, 0),
    });
    expect([...(table.units ?? [])]).toEqual([0, 9, 2, 9]);
  });
});

describe("what must be read", () => {
  it("asks for each column once, text before time before numbers", () => {
    expect(
      mergeNeeds([
        { name: "a", as: "float32" },
        { name: "a", as: "number" },
        { name: "b", as: "category" },
        { name: "b", as: "auto" },
      ]),
    ).toEqual([
      { name: "a", as: "number" },
      { name: "b", as: "category" },
    ]);
  });
});
