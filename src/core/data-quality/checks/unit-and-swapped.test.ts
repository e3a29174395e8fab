import { expect, test } from "vitest";
import { blockOf } from "../../../../test/made-check-block.ts";
import { createRandom } from "../../statistics/random.ts";
import { inferContract } from "../infer-contract.ts";
import { type TableFacts, TableTally } from "../table-facts.ts";
import { swappedCheck } from "./swapped.ts";
import { unitCheck } from "./unit.ts";

function plant(
  seed: number,
  to = (load: number, temperature: number): [number, number] => [load, temperature],
): TableFacts {
  const random = createRandom(seed);
  const rows = Array.from({ length: 1500 }, (_, i) => {
    const load = 60 + 20 * Math.sin(i / 23) + 5 * random.nextNormal();
    return to(load, 40 + load / 2 + 2 * random.nextNormal());
  });
  const tally = new TableTally(() => false);
  tally.add(blockOf({ load: rows.map(([x]) => x.toFixed(2)), temperature: rows.map(([, y]) => y.toFixed(2)) }));
  return tally.finish({ line: 1501, newline: true }, { format: "csv", delimiter: ",", bytes: 0 }, null);
}

const contract = inferContract(plant(1), { name: "plant" });
const found = (facts: TableFacts): string[] =>
  [unitCheck, swappedCheck]
    .flatMap((check) => check.run({ facts, contract, usual: null, now: null }))
    .map(({ message }) => message);

test("Fahrenheit far from zero is not taken for a factor, and pounds are not taken for Fahrenheit", () => {
  expect(found(plant(2, (x, y) => [x, 1.8 * y + 32]))).toEqual([expect.stringMatching(/Fahrenheit for Celsius/)]);
  expect(found(plant(2, (x, y) => [x, 2.20462 * y]))).toEqual([expect.stringMatching(/pound for kilogram/)]);
});

test("columns whose ranges overlap are found swapped; other loads of the kind are not", () => {
  expect(found(plant(3, (x, y) => [y, x]))).toEqual([expect.stringMatching(/likely swapped/)]);
  for (let seed = 4; seed < 24; seed++) expect(found(plant(seed))).toEqual([]);
});

test("a column around zero that shrank to a thousandth is found, a calm period is not", () => {
  const made = (seed: number, scale: number): TableFacts => {
    const random = createRandom(seed);
    const tally = new TableTally(() => false);
    tally.add(blockOf({ wind: Array.from({ length: 800 }, () => (scale * random.nextNormal()).toPrecision(6)) }));
    return tally.finish({ line: 801, newline: true }, { format: "csv", delimiter: ",", bytes: 0 }, null);
  };
  const known = inferContract(made(1, 1), { name: "wind" });
  const says = (facts: TableFacts): string[] =>
    unitCheck.run({ facts, contract: known, usual: null, now: null }).map(({ message }) => message);
  expect(says(made(2, 0.001))).toEqual([expect.stringMatching(/ratio is a constant 1\/\d+/)]);
  expect(says(made(3, 12))).toEqual([expect.stringMatching(/month for year|ratio is a constant 1[12]/)]);
  for (const scale of [0.4, 0.7, 1, 1.5, 3]) expect(says(made(4, scale))).toEqual([]);
});
