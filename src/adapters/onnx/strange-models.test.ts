import { describe, expect, it } from "vitest";
import {
  expected,
  features,
  fixture,
  judged,
  near,
  numbersTable,
  path,
  records,
  rows,
  second,
  serve,
} from "../../../test/strange-models.ts";
import { createOnnxModelRuntime } from "./onnx-model-runtime.ts";
import type { Column } from "../../core/tables/table.ts";

describe("two numbers a row", () => {
  it("are both the answer where they are two predictions, where nothing says what they are, and where each is yes or no", async () => {
    for (const [name, output] of [
      ["two_predictions", "variable"],
      ["unsaid", "y"],
      ["sigmoids", "probabilities"],
    ] as const) {
      await serve(name, { features }, async (model) => {
        expect(model.score).toMatchObject({ output, column: null, isVector: true });
        const answer = await model.predict({ count: rows, records }, {});
        expect(answer.width).toBe(2);
        near(answer.scores, expected(name, output));
      });
    }
  });

  it("are two classes by a Softmax, by their name or by a label that is the largest", async () => {
    for (const [name, output] of [
      ["softmax", "y"],
      ["logits", "logits"],
      ["with_label", "y"],
    ] as const) {
      await serve(name, { features }, async (model) => {
        expect(model.score).toMatchObject({ output, column: 1 });
        near((await model.predict({ count: rows, records }, {})).scores, second(expected(name, output)));
      });
    }
  });

  it("are one number by `class`, or two classes where the task says so", async () => {
    await serve("unsaid", { features, class: 0 }, (model) => expect(model.score.column).toBe(0));
    await serve("unsaid", { features, task: "binary" }, (model) => expect(model.score.column).toBe(1));
  });

  it("are not judged as one: the error says how to choose", async () => {
    for (const task of ["regression", "ranking"] as const) {
      await expect(judged("two_predictions", { task })).rejects.toMatchObject({
        message: expect.stringContaining(`it answers 2 numbers a row where a ${task} score is one`),
        mend: [expect.stringContaining("class: … (0 to 1)")],
      });
    }
    await expect(judged("sigmoids", { task: "binary" })).rejects.toMatchObject({ code: "MODEL" });
    near(
      (await judged("two_predictions", { task: "regression", class: 1 })).values,
      second(expected("two_predictions", "variable")),
    );
  });

  it("of a classifier are no regression", async () => {
    await expect(judged("softmax", { task: "regression" })).rejects.toMatchObject({
      message: expect.stringContaining("it is a classifier"),
      mend: expect.arrayContaining([expect.stringContaining("task: binary")]),
    });
    near((await judged("softmax", { task: "binary" })).values, second(expected("softmax", "y")));
  });
});

describe("outputs", () => {
  it("of which the score has no row first leave the answer to one that has", async () => {
    await serve("labels_first", { features }, async (model) => {
      expect(model.score).toMatchObject({ output: "label", isVector: true });
      const answer = await model.predict({ count: rows, records }, { allOutputs: true });
      near(answer.scores, expected("labels_first", "label"));
      near(answer.outputs[1]!.data as Float32Array, expected("labels_first", "probabilities"));
    });
    await expect(judged("labels_first", { task: "binary" })).rejects.toMatchObject({
      message: expect.stringContaining("rows come first"),
    });
  });

  it("are declared with the shapes that answers have", async () => {
    await serve("wrong_shapes", { features }, (model) =>
      expect(model.outputs).toEqual([
        { name: "label", datatype: "INT64", shape: [-1] },
        { name: "probabilities", datatype: "FP32", shape: [-1, 2] },
      ]),
    );
  });

  it("of several texts a row are the answer of the row", async () => {
    await serve("texts", { features: ["a", "b"] }, async (model) => {
      const answer = await model.predict(
        {
          count: 2,
          records: [
            { a: "a", b: "b" },
            { a: "c", b: "Zoë" },
          ],
        },
        { allOutputs: true },
      );
      expect(answer.texts).toEqual([
        ["a", "b"],
        ["c", "Zoë"],
      ]);
      expect(answer.outputs[0]).toMatchObject({ shape: [2, 2], data: ["a", "b", "c", "Zoë"] });
    });
  });

  it("of one value for all rows are refused when the model is loaded", async () => {
    await expect(serve("one_for_all", { features }, () => null)).rejects.toMatchObject({
      message: expect.stringContaining("it answers 2 rows with the shape [1], which is not one answer a row"),
    });
  });

  it("of labels side by side are all the answer, and so are the scores beside them", async () => {
    await serve("labels_first", { features, output: "label" }, (model) =>
      expect(model.score).toMatchObject({ output: "label", column: null, isVector: true }),
    );
    await serve("scores_of_labels", { features }, async (model) => {
      expect(model.score).toMatchObject({ output: "probabilities", column: null, isVector: true });
      expect((await model.predict({ count: rows, records }, {})).width).toBe(4);
    });
  });
});

describe("inputs", () => {
  it("of a fixed number of rows are filled up, and what fills them is no answer", async () => {
    await serve("rows_3", { features }, async (model) => {
      for (const count of [1, 2, 3, 4]) {
        const part = records.slice(0, count);
        const answer = await model.predict({ count, records: part }, { allOutputs: true });
        near(
          answer.scores,
          part.map((record) => Object.values(record).reduce((sum, value) => sum! + value!, 0)! / 3),
        );
        expect(answer.outputs[0]!.shape).toEqual([count, 1]);
      }
    });
  });

  it("whose names an exporter changed are found by the names of the columns", async () => {
    const renamed = fixture.x.map(([one, two]) => ({ "f one": one, "f-two": two }));
    const wanted = fixture.x.map(([one, two]) => one! + 10 * two!);
    await serve("renamed", {}, async (model) =>
      near((await model.predict({ count: rows, records: renamed }, {})).scores, wanted),
    );
    const columns = ["f-two", "f one"].map((name) => ({ name, kind: "number" as const, type: "DOUBLE" }));
    const table = numbersTable(["f one", "f-two"]);
    for (const spec of [{ columns }, { features: ["f-two", "f one"] }]) {
      const model = await createOnnxModelRuntime().load({ path: path("renamed"), ...spec });
      expect(model.needs.map((need) => need.name)).toEqual(["f one", "f-two"]);
      near((await model.score(table)).values, wanted);
      await model.close();
    }
  });

  it("of 16-bit floats are fed, and whole numbers too large for their type are refused", async () => {
    near((await judged("half", { task: "regression" })).values, expected("half", "score"));
    await expect(judged("bytes", { task: "regression" })).rejects.toMatchObject({
      message: expect.stringContaining("do not reach to -1, which row 3 holds"),
    });
  });

  it("that nothing names are told to the owner before the first request", async () => {
    await serve("two_predictions", {}, (model) =>
      expect(model.notes).toEqual([
        expect.stringMatching(
          /"x" takes 3 values, and nothing says which columns.*features: \[column_1, column_2, column_3\]/,
        ),
        expect.stringMatching(/"variable" answers 2 numbers a row.*class: 1/),
      ]),
    );
    await serve("sequence", {}, (model) => expect(model.notes).toBeUndefined());
  });
});

describe("categories", () => {
  it("that Python spelled are told from numbers and times, by records and by columns", async () => {
    const day = Date.UTC(2024, 0, 31);
    const wanted = expected("python_texts", "score");
    await serve("python_texts", {}, async (model) => {
      const asked = [
        { rate: 1, day: "2024-01-31T00:00:00.000Z" },
        { rate: 0.5, day: "x" },
      ];
      near((await model.predict({ count: 2, records: asked }, {})).scores, wanted);
    });
    const columns = new Map<string, Column>([
      ["rate", { name: "rate", kind: "number", values: Float64Array.of(1, 0.5) }],
      ["day", { name: "day", kind: "time", values: Float64Array.of(day, 0) }],
    ]);
    const model = await createOnnxModelRuntime().load({ path: path("python_texts") });
    const { values } = await model.score({ rows: 2, firstRow: 0, columns });
    expect([...values]).toEqual(wanted);
    await model.close();
  });

  it("of a file's true and false are read as such where a number is wanted", async () => {
    const columns = features.map((name) => ({ name, kind: "boolean" as const, type: "BOOLEAN" }));
    const model = await createOnnxModelRuntime().load({ path: path("softmax"), features, columns, task: "binary" });
    expect(model.needs.map((need) => need.as)).toEqual(["boolean", "boolean", "boolean"]);
    await model.close();
  });
});
