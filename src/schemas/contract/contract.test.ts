import { expect, test } from "vitest";
import type { Contract } from "../../core/data-quality/contract.ts";
import { Failure } from "../../core/failures.ts";
import { readContract } from "./read-contract.ts";
import { writeContract } from "./write-contract.ts";

const text = `contract: orders
version: 3
owner: data team
rows: { usual: 1000, from: 100, to: 4000 }
bad_rows: 0.02
key: [order_id]
label: repaid
time: { column: at, ordered: true, gap: 2h, age: 36h }
severity: { row-count: error, null-words: off }
columns:
  order_id: { type: text, pattern: "A-\\\\d+", unique: true }
  at: { type: time }
  kind: { type: text, values: [sale, refund] }
  net: { type: number, unit: EUR, range: { from: -100 }, nulls: 0.01, severity: { range: warning } }
  tax: { type: number }
  total: { type: number }
  repaid: { type: integer, values: { any: [0, 1] }, proportions: { "1": { from: 0.1, to: 0.3 } } }
rules:
  - { name: adds up, sum: [net, tax], equals: total, tolerance: 0.01 }
  - { name: refunds are negative, when: { kind: refund }, holds: { net: { below: 0 } }, severity: warning }
`;

function failure(source: string): Failure {
  try {
    readContract(source, "contract.yaml");
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error("no failure");
}

test("a contract reads as it is written, durations in milliseconds", () => {
  const contract = readContract(text, "contract.yaml");
  expect(contract.time).toEqual({ column: "at", ordered: true, gap: 7_200_000, age: 129_600_000 });
  expect(contract.columns[2]!.values).toEqual({ any: ["sale", "refund"], unseen: 0 });
  expect(contract.rules.map((rule) => rule.kind)).toEqual(["sum", "holds"]);
  expect(contract.severity).toEqual({ "row-count": "error", "null-words": "off" });
});

test("what is written reads back the same, whatever stands in names and values", () => {
  const contract: Contract = {
    ...readContract(text, "contract.yaml"),
    rules: [
      {
        kind: "sum",
        name: "total = a + b",
        severity: "warning",
        meaning: null,
        columns: ["net", "tax"],
        equals: "total",
        tolerance: 0.011,
      },
    ],
  };
  const strange = {
    ...contract.columns[2]!,
    name: 'no: "quotes" # here',
    values: {
      any: ["yes", "~", "1", "a: b", "- x", "=cmd|' /C calc'!A0", "\u001b[31m", "null", "3.0", ""],
      unseen: 0.01,
    },
  };
  const whole: Contract = { ...contract, columns: [...contract.columns, strange], owner: "data team" };
  expect(readContract(writeContract(whole, "says"), "contract.yaml")).toEqual(whole);
});

test("mistakes are told with line, column and the nearest name", () => {
  const typo = failure(text.replace("unit: EUR", "unitt: EUR"));
  expect(typo.code).toBe("CONTRACT");
  expect(typo.where).toMatch(/^contract\.yaml:14:\d+$/);
  expect(typo.message).toMatch(/columns\.net: there is no key "unitt"/);
  expect(typo.mend).toContain("nearest: unit");
  expect(failure(text.replace("type: integer", "type: int")).message).toMatch(/is "int"; it takes integer, number/);
  expect(failure(text.replace("label: repaid", "label: repayd")).mend).toContain("nearest: repaid");
  expect(failure(text.replace("row-count", "row-cont")).mend[0]).toMatch(/nearest: row-count/);
  expect(failure(text.replace("A-", "A-(")).message).toMatch(/pattern: is no regular expression/);
  expect(failure(text.replace("below: 0", "bellow: 0")).where).toMatch(/^contract\.yaml:20:/);
  expect(failure(text.replace("equals: total, ", "")).message).toMatch(/sum needs equals/);
  expect(failure("").message).toMatch(/the file is empty/);
  expect(failure("contract: x").message).toMatch(/columns: is missing/);
});
