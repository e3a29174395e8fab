import { expect, test } from "vitest";
import { servingNotes } from "./serving-notes.ts";

test("which of two classes is answered is said, unless they are yes and no", () => {
  const choice = { output: "p", column: 1 };
  const outputs = [{ name: "p", datatype: "FP32", shape: [-1, 2] }] as const;
  expect(servingNotes([], choice, outputs, ["hi", "lo"])).toEqual([
    expect.stringMatching(/the probability of "lo"; for that of "hi", .*: class: "hi"$/),
  ]);
  expect(servingNotes([], choice, outputs, ["0", "1"])).toEqual([]);
  expect(servingNotes([], choice, outputs, null)).toEqual([]);
});
