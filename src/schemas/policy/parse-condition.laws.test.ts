import fc from "fast-check";
import { expect, test } from "vitest";
import { condition, conditionRow, conditionSchemas, conditionTable } from "../../../test/arbitraries/conditions.ts";
import { bindCondition } from "../../core/slices/condition-binding.ts";
import { conditionDocument } from "../../core/slices/condition-document.ts";
import { conditionMask } from "../../core/slices/condition-mask.ts";
import { conditionPredicate } from "../../core/slices/condition-predicate.ts";
import type { SourceProblem } from "../yaml-source.ts";
import { parseCondition } from "./parse-condition.ts";

const columns = new Map(conditionSchemas.map((schema) => [schema.name, schema]));
const rows = fc.array(conditionRow, { minLength: 1, maxLength: 20 });

test("what a verdict prints as a condition can be pasted into a policy and selects the same rows", () => {
  let read = 0;
  fc.assert(
    fc.property(rows, condition, (some, one) => {
      const problems: SourceProblem[] = [];
      const parsed = parseCondition(conditionDocument(one), [], (problem) => problems.push(problem));
      const table = conditionTable(some);
      const mask = Array.from(conditionMask(one, table));
      if (parsed === null) {
        // Only conditions that say nothing are refused, and numbers that cannot be told apart.
        const texts = problems.map((problem) => problem.message).join("; ");
        expect(texts).toMatch(/is empty|empty list|can never be true|2\^53/);
        return;
      }
      read++;
      const bound = bindCondition(parsed, { columns, source: "test" });
      expect(Array.from(conditionMask(bound.condition, table))).toEqual(mask);
    }),
    { numRuns: 500, seed: 11 },
  );
  expect(read).toBeGreaterThan(200);
});

test("a condition is never called contradictory while some row satisfies it", () => {
  fc.assert(
    fc.property(rows, condition, (some, one) => {
      const { problems } = bindCondition(one, { columns, source: "test" });
      const contradictory = problems.some((problem) => problem.message.startsWith("can never be true"));
      if (contradictory) expect(Array.from(conditionMask(one, conditionTable(some)))).not.toContain(1);
    }),
    { numRuns: 1000, seed: 12 },
  );
});

test("a request's number is compared as the 32-bit column keeps it", () => {
  const { condition: bound } = bindCondition(
    { kind: "is", column: "single", values: [0.1] },
    { columns, source: "test" },
  );
  expect(conditionPredicate(bound, new Set(["single"]))({ single: 0.1 })).toBe(true);
  expect(conditionPredicate(bound)({ single: 0.1 })).toBe(false);
  expect(Array.from(conditionMask(bound, conditionTable([row(0.1), row(0.2)])))).toEqual([1, 0]);
});

function row(single: number) {
  return { group: null, 'odd "name"': null, age: null, ratio: null, single, flag: null, at: null };
}
