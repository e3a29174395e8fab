import { expect, test } from "vitest";
import { servingRuntimeContract } from "../../../test/contracts/serving-runtime.contract.ts";
import type { ServingRule } from "../ports/serving-runtime.ts";
import { createRuleModel } from "./rule-model.ts";

const rule: ServingRule = {
  when: { kind: "range", column: "age", range: { from: 60 } },
  yes: 0.9,
  no: { when: { kind: "is", column: "city", values: ["Ulm"] }, yes: 0.5, no: 0.1 },
};

servingRuntimeContract("a rule", {
  open: async () => createRuleModel({ kind: "rule", rule }),
  records: [
    { age: 61, city: "Ulm" },
    { age: 30, city: "Ulm" },
    { age: 30, city: "Bonn" },
  ],
  scores: [0.9, 0.5, 0.1],
});

servingRuntimeContract("a constant", {
  open: async () => createRuleModel({ kind: "constant", value: 7 }),
  records: [{ a: 1 }, {}],
  scores: [7, 7],
});

test("a rule whose values are texts answers texts", async () => {
  const model = createRuleModel({
    kind: "rule",
    rule: { when: { kind: "is", column: "sex", values: ["F"] }, yes: "yes", no: "no" },
  });
  const answer = await model.predict({ count: 2, records: [{ sex: "F" }, { sex: "M" }] }, {});
  expect(answer.texts).toEqual(["yes", "no"]);
});
