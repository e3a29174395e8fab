import { expect, test } from "vitest";
import type { Condition } from "./condition.ts";
import { conditionDocument } from "./condition-document.ts";
import { conditionText } from "./condition-text.ts";

const young: Condition = { kind: "range", column: "user_age", range: { from: 18, below: 30 } };
const women: Condition = { kind: "is", column: "gender", values: ["F"] };
const weekend: Condition = { kind: "clock", column: "at", part: "weekday", values: [6, 7] };
const march: Condition = {
  kind: "range",
  column: "at",
  range: { from: Date.UTC(2024, 2, 1), below: Date.UTC(2024, 3, 1) },
  time: true,
};

test("a condition reads as a sentence", () => {
  expect(conditionText({ kind: "all", of: [young, women] })).toBe("user_age from 18 below 30 and gender = F");
  expect(conditionText({ kind: "any", of: [young, { kind: "not", of: women }] })).toBe(
    "user_age from 18 below 30 or gender not F",
  );
  expect(conditionText({ kind: "all", of: [{ kind: "any", of: [young, women] }, weekend] })).toBe(
    "(user_age from 18 below 30 or gender = F) and at on Saturday | Sunday",
  );
  expect(conditionText(march)).toBe("at from 2024-03-01 below 2024-04-01");
  expect(conditionText({ kind: "null", column: "region", isNull: true })).toBe("region is null");
  expect(conditionText({ kind: "not", of: { kind: "any", of: [young, women] } })).toBe(
    "not (user_age from 18 below 30 or gender = F)",
  );
});

test("text that could be misread is quoted", () => {
  expect(conditionText({ kind: "is", column: "c", values: ["", "a | b", " x"] })).toBe('c = "" | "a | b" | " x"');
});

test("the document of a condition is what the policy file would say", () => {
  expect(conditionDocument({ kind: "all", of: [women, young] })).toEqual({
    gender: "F",
    user_age: { from: 18, below: 30 },
  });
  expect(conditionDocument({ kind: "all", of: [women, women] })).toEqual({ all: [{ gender: "F" }, { gender: "F" }] });
  expect(conditionDocument({ kind: "any", of: [weekend, march] })).toEqual({
    any: [{ at: { weekday: ["Saturday", "Sunday"] } }, { at: { from: "2024-03-01", below: "2024-04-01" } }],
  });
  expect(conditionDocument({ kind: "is", column: "not", values: [1] })).toEqual({ column: "not", is: 1 });
});
