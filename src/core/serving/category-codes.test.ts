import { expect, test } from "vitest";
import { categoryCodes } from "./category-codes.ts";
import { decodeRecords } from "./decode-records.ts";
import { type InputColumns, RecordEncoder } from "./record-encoder.ts";

const inputs: InputColumns[] = [{ input: "x", datatype: "FP32", tail: [3], columns: ["grade", "sex", "paid"] }];
const encode = { grade: { "1": 0, "2": 1, "3": 2 }, sex: { F: 0, M: 1 }, paid: { true: 5, false: 6 } };

test("a category that is a number, or true, has its code whether it comes as such or as text; one that is not known is missing", () => {
  const encoder = new RecordEncoder(inputs, { encode, missing: -1 });
  const [tensor] = encoder.encode([
    { grade: 1, sex: "M", paid: true },
    { grade: "3", sex: "F", paid: "false" },
    { grade: 9, sex: "X", paid: null },
  ]);
  expect([...tensor!.data]).toEqual([0, 1, 5, 2, 0, 6, -1, -1, -1]);
});

test("where no category is a number, a number is the code itself", () => {
  const [tensor] = new RecordEncoder(inputs, { encode }).encode([{ grade: 2, sex: 1, paid: false }]);
  expect([...tensor!.data]).toEqual([1, 1, 6]);
});

test("codes in a tensor come back as the categories that a record would hold, and those as the same codes", () => {
  const encoder = new RecordEncoder(inputs, { encode });
  const records = [
    { grade: 1, sex: "M", paid: "true" },
    { grade: 3, sex: "F", paid: "false" },
  ];
  const tensors = encoder.encode(records);
  const decoded = decodeRecords(inputs, tensors, categoryCodes(encode))!;
  expect(decoded).toEqual(records);
  expect(encoder.encode(decoded)).toEqual(tensors);
});
