import { describe, expect, it } from "vitest";
import { number, scored, scoresOf, type Setup, text } from "../../../test/score-in-memory.ts";
import type { Column } from "../../core/tables/table.ts";
import type { TableBlock } from "../ports/table-reader.ts";
import { mergeNeeds } from "./prepare-scoring.ts";
import { wholeTable } from "./whole-table.ts";

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

  it("refuses a rule that answers text where a number is wanted", async () => {
    const rule = { when: { kind: "null", column: "area", isNull: true }, yes: "yes", no: 0 } as const;
    await expect(scored({ columns, models: { a: { kind: "rule", rule } } })).rejects.toMatchObject({
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

  it("keeps graded gains for ranking, with a minus where `positive` does not hold, and refuses negative ones", async () => {
    expect(await labelled(number("y", [0, 1, 3]), { task: "ranking" })).toEqual([0, 1, 3]);
    expect(
      await labelled(number("y", [0, 1, 3]), {
        task: "ranking",
        positive: { kind: "range", column: "y", range: { from: 2 } },
      }),
    ).toEqual([0, -1, 3]);
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
        // A class that a model can answer and the label has none of is a class all the same.
        always: {
          kind: "rule",
          rule: { when: { kind: "null", column: "guess", isNull: false }, yes: "c", no: "a" },
        },
      },
    });
    expect(result.classes).toEqual(["a", "b", "c"]);
    expect([...result.label]).toEqual([1, 0, 1]);
    expect(scoresOf(result, "columns")).toEqual([0.2, 0.8, 0, 0.8, 0.2, 0, 0.4, 0.6, 0]);
    expect(scoresOf(result, "onnx").slice(0, 3)).toEqual([0.1, 0.9, 0]);
    expect([...(result.models[2]?.predicted ?? [])]).toEqual([0, 0, 1]);
    expect([...(result.models[3]?.predicted ?? [])]).toEqual([2, 2, 2]);
  });

  it("refuses probabilities of classes of which the label has none", async () => {
    const models = { columns: { kind: "columns", columns: { "0": "pa", "1": "pb" } } } as const;
    await expect(scored({ task: "multiclass", columns, models })).rejects.toThrow(
      /the model "columns" knows the classes 0, 1, and the label "y" holds none of them/,
    );
  });

  it("refuses a constant that is no class of the label, and a label that is empty everywhere", async () => {
    const models = { always: { kind: "constant", value: "horse" } } as const;
    await expect(scored({ task: "multiclass", columns, models })).rejects.toThrow(
      /the model "always" knows the classes horse, and the label "y" holds none of them/,
    );
    const empty = columns.map((column) => (column.name === "y" ? text("y", [null, null, null]) : column));
    await expect(scored({ task: "multiclass", columns: empty })).rejects.toThrow(
      /the label "y" is empty on all 3 rows/,
    );
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
