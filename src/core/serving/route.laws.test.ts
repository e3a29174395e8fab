import fc from "fast-check";
import { expect, test } from "vitest";
import { condition, conditionRow, conditionSchemas, conditionTable } from "../../../test/arbitraries/conditions.ts";
import { conditionMask } from "../slices/condition-mask.ts";
import { armsProblem, compileRouter } from "./route.ts";
import { type Arm, type ModelRouting, plainRouting } from "./routing-state.ts";

const singlePrecision = new Set(
  conditionSchemas.filter((schema) => schema.type === "FLOAT").map((schema) => schema.name),
);

function experiment(arms: readonly Arm[], standing: number | null = null): ModelRouting {
  return {
    ...plainRouting("champion"),
    cohorts: [{ name: "all units", where: null, salt: "experiment 7", arms }],
    standing: standing === null ? null : { version: "simple", share: standing, salt: "standing" },
  };
}

const units = Array.from({ length: 4000 }, (_, i) => `user ${i}`);
const share = fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100);

test("a cohort holds exactly the records that its condition's mask selects", () => {
  fc.assert(
    fc.property(fc.array(conditionRow, { minLength: 1, maxLength: 20 }), condition, (rows, where) => {
      const table = conditionTable(rows);
      const mask = conditionMask(where, table);
      const router = compileRouter(
        { ...plainRouting("v1"), cohorts: [{ name: "c", where, salt: "s", arms: [{ version: "v2", share: 1 }] }] },
        singlePrecision,
      );
      for (const [i, row] of rows.entries()) {
        expect(router({ ...row }, "u").version).toBe(mask[i] === 1 ? "v2" : "v1");
      }
    }),
    { numRuns: 300 },
  );
});

test("the same unit gets the same version from any router of the same routing", () => {
  fc.assert(
    fc.property(share, fc.string(), (part, unit) => {
      const routing = experiment([{ version: "b", share: part }], 0.1);
      expect(compileRouter(routing)({}, unit)).toEqual(compileRouter(structuredClone(routing))({ x: 1 }, unit));
    }),
  );
});

test("a growing share only adds units, whichever of one, two or three arms grows", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3 }), fc.nat(2), share, share, (count, which, a, b) => {
      const grown = Math.max(a, b) / count;
      const before = Math.min(a, b) / count;
      const arms = (own: number): Arm[] =>
        Array.from({ length: count }, (_, i) => ({ version: `v${i}`, share: i === which % count ? own : 0.2 / count }));
      const name = `v${which % count}`;
      const small = compileRouter(experiment(arms(before)));
      const large = compileRouter(experiment(arms(grown)));
      for (const unit of units.slice(0, 300)) {
        if (small({}, unit).version === name) expect(large({}, unit).version).toBe(name);
      }
    }),
    { numRuns: 60 },
  );
});

test("shares are met within chance, and the propensity is the share", () => {
  const router = compileRouter(experiment([{ version: "b", share: 0.3 }], 0.1));
  const decisions = units.map((unit) => router({}, unit));
  const part = (version: string): number =>
    decisions.filter((decision) => decision.version === version).length / units.length;
  // Five standard errors of 4,000 units.
  expect(Math.abs(part("simple") - 0.1)).toBeLessThan(0.024);
  expect(Math.abs(part("b") - 0.27)).toBeLessThan(0.036);
  for (const decision of decisions) {
    const expected = { simple: 0.1, b: 0.27, champion: 0.63 }[decision.version]!;
    expect(decision.propensity).toBeCloseTo(expected, 12);
  }
});

test("arms that cannot be are told with the reason", () => {
  expect(
    armsProblem([
      { version: "b", share: 0.6 },
      { version: "c", share: 0.6 },
    ]),
  ).toMatch(/more than 1/);
  expect(armsProblem([{ version: "b", share: Number.NaN }])).toMatch(/between 0 and 1/);
  expect(armsProblem(["b", "c", "d"].map((version, i) => ({ version, share: i === 0 ? 0.5 : 0.1 })))).toMatch(
    /at most 1\/3/,
  );
  expect(armsProblem([{ version: "b", share: 1 }])).toBeNull();
});
