import { describe, expect, test } from "vitest";
import { checks, rowChecks, tableChecks } from "./catalog.ts";
import type { CheckBlock } from "./check-block.ts";
import { blockOf } from "../../../test/made-check-block.ts";
import { inferContract } from "./infer-contract.ts";
import { RowRules } from "./run-row-rules.ts";
import { type TableFacts, TableTally } from "./table-facts.ts";

const random = (seed: number) => (i: number) => ((Math.imul(i + seed * 7919, 2654435761) >>> 0) % 10_000) / 10_000;

function factsOf(block: CheckBlock): TableFacts {
  const tally = new TableTally((name) => name === "id");
  tally.add(block);
  return tally.finish({ line: block.rows + 1, newline: true }, { format: "csv", delimiter: ",", bytes: 0 }, null);
}

const made = (seed: number, rows: number): CheckBlock => {
  const r = random(seed);
  return blockOf({
    id: Array.from({ length: rows }, (_, i) => String(seed * 100_000 + i)),
    size: Array.from({ length: rows }, (_, i) => (r(i) * 50).toFixed(2)),
    colour: Array.from({ length: rows }, (_, i) => ["red", "green", "blue"][Math.floor(r(i + 5000) * 3)]!),
    day: Array.from({ length: rows }, (_, i) => `2026-10-${String(1 + (i % 28)).padStart(2, "0")}`),
    label: Array.from({ length: rows }, (_, i) => (r(i + 9000) < 0.3 ? "1" : "0")),
  });
};

describe("without a contract", () => {
  const found = (cells: Record<string, string[]>): string[] => {
    const facts = factsOf(blockOf(cells));
    return tableChecks
      .flatMap((check) => check.run({ facts, contract: null, usual: null, now: null }))
      .map((each) => `${each.severity} ${each.check} ${each.column ?? ""} ${each.count ?? ""}`);
  };
  const hundred = (cell: (i: number) => string): string[] => Array.from({ length: 100 }, (_, i) => cell(i));

  test("a post code with a leading zero is no stranger among numbers", () => {
    expect(found({ zip: hundred((i) => (i % 20 === 0 ? `0${3000 + i}` : String(10_000 + i * 37))) })).toEqual([]);
  });

  test("slashed dates among ISO dates are named even where day and month cannot be told apart", () => {
    const day = hundred((i) => (i % 10 === 0 ? `03/0${1 + (i % 9)}/2026` : `2026-01-${10 + (i % 20)}`));
    expect(found({ day })).toEqual(["error mixed-dates day 10"]);
  });
});

describe("every check of the catalogue", () => {
  test("has a unique name, a severity and words that are a sentence", () => {
    expect(new Set(checks.map((check) => check.name)).size).toBe(checks.length);
    for (const check of checks) {
      expect(check.name).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(check.says).toMatch(/^[A-Z`].{20,}\.$/s);
    }
  });

  test("is silent on the reference that its contract was taken from, and on more of the same", () => {
    const contract = inferContract(factsOf(made(1, 800)), { name: "made" });
    for (const block of [made(1, 800), made(2, 800)]) {
      const facts = factsOf(block);
      const found = tableChecks.flatMap((check) => check.run({ facts, contract, usual: null, now: null }));
      expect(found).toEqual([]);
      const rules = new RowRules(
        contract,
        facts.columns.map((column) => column.name),
      );
      expect([...rules.run(block).keys()]).toEqual([]);
      expect(rules.findings()).toEqual([]);
    }
  });

  test.each([
    ["no rows", {}],
    ["no columns and no rows", null],
    ["one row", { id: ["1"], size: ["3"], colour: ["red"], day: ["2026-10-01"], label: ["1"] }],
    ["nothing but nulls", { id: ["", ""], size: ["", "NA"], colour: ["", ""], day: ["", ""], label: ["", ""] }],
    [
      "other types throughout",
      { id: ["x", "x"], size: ["a", "b"], colour: ["1", "2"], day: ["maybe", "3"], label: ["yes", "no"] },
    ],
  ])("answers for a table with %s without failing", (_, cells) => {
    const contract = inferContract(factsOf(made(1, 200)), { name: "made" });
    const block = blockOf(cells === null ? {} : { id: [], size: [], colour: [], day: [], label: [], ...cells });
    const facts = factsOf(block);
    for (const check of tableChecks) {
      for (const each of check.run({ facts, contract, usual: null, now: Date.UTC(2026, 10, 23) })) {
        expect(each.message.length).toBeGreaterThan(5);
        expect(each.message).not.toMatch(/NaN|undefined|\[object/);
      }
      check.run({ facts, contract: null, usual: null, now: null });
    }
    for (const check of rowChecks)
      expect(() =>
        check.rules(
          contract,
          facts.columns.map((column) => column.name),
        ),
      ).not.toThrow();
    const rules = new RowRules(
      contract,
      facts.columns.map((column) => column.name),
    );
    rules.run(block);
    for (const each of rules.findings()) expect(each.message).not.toMatch(/undefined|\[object/);
  });

  test("can be switched off by a contract", () => {
    const contract = inferContract(factsOf(made(1, 800)), { name: "made" });
    const off = { ...contract, severity: Object.fromEntries(checks.map((check) => [check.name, "off" as const])) };
    const broken = blockOf({
      id: Array.from({ length: 50 }, () => "7"),
      size: Array.from({ length: 50 }, () => "-4 kg"),
      Colour: Array.from({ length: 50 }, () => "RED"),
    });
    const facts = factsOf(broken);
    const columns = facts.columns.map((column) => column.name);
    const plain = { ...off, columns: off.columns.map((column) => ({ ...column, severity: {} })) };
    expect(tableChecks.flatMap((check) => check.run({ facts, contract: plain, usual: null, now: null }))).toEqual([]);
    expect([...new RowRules(plain, columns).run(broken).keys()]).toEqual([]);
    expect([...new RowRules(contract, columns).run(broken).keys()]).toHaveLength(50);
  });
});
