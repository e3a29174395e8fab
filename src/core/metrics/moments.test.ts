import { describe, expect, it } from "vitest";
import { InternalError } from "../failures.ts";
import { fillMoment } from "./moments.ts";
import { binaryBlock, multiclassBlock } from "./plain-blocks.ts";

describe("row moments", () => {
  const block = binaryBlock([1, 0, 1, 0], [0.9, 0.8, 0.2, 0.1]);

  it("tell the four cells of the confusion matrix apart", () => {
    const cells = ["tp", "fp", "fn", "tn"].map((name) => {
      const out = new Float64Array(4);
      fillMoment(name, block, out);
      return [...out];
    });
    expect(cells).toEqual([
      [1, 0, 0, 0],
      [0, 1, 0, 0],
      [0, 0, 1, 0],
      [0, 0, 0, 1],
    ]);
  });

  it("leave what is behind the rows of the block alone", () => {
    const out = new Float64Array(6).fill(-1);
    fillMoment("n", block, out);
    expect([...out]).toEqual([1, 1, 1, 1, -1, -1]);
  });

  it("take a class or a bin from their name", () => {
    const three = multiclassBlock(
      [2, 0],
      [
        [0.1, 0.2, 0.7],
        [0.3, 0.3, 0.4],
      ],
    );
    const out = new Float64Array(2);
    fillMoment("class_tp:2", three, out);
    expect([...out]).toEqual([1, 0]);
    fillMoment("ece_gap:10:3", three, out);
    expect([...out]).toEqual([0, -0.4]);
  });

  it("keep the log loss of a certain mistake finite, as scikit-learn does", () => {
    const out = new Float64Array(2);
    fillMoment("log_loss", binaryBlock([1, 0], [0, 1]), out);
    expect([...out]).toEqual([-Math.log(2 ** -52), -Math.log(2 ** -52)]);
  });

  it("are refused by a name that the task does not have", () => {
    expect(() => fillMoment("squared_error", block, new Float64Array(4))).toThrow(InternalError);
  });
});
