import { expect, test } from "vitest";
import { blockOf } from "../../../../test/made-check-block.ts";
import { createRandom } from "../../statistics/random.ts";
import { inferContract } from "../infer-contract.ts";
import { type TableFacts, TableTally } from "../table-facts.ts";
import { labelFlippedCheck } from "./label.ts";

function facts(seed: number, share: number, rows = 600): TableFacts {
  const random = createRandom(seed);
  const tally = new TableTally(() => false);
  const flag = Array.from({ length: rows }, () => (random.next() < share ? "1" : "0"));
  tally.add(blockOf({ returned: flag, size: flag.map(() => random.next().toFixed(4)) }));
  return tally.finish({ line: rows + 1, newline: true }, { format: "csv", delimiter: ",", bytes: 0 }, null);
}

test("a binary column that nobody called the label is told when its values changed places", () => {
  const contract = inferContract(facts(1, 0.07), { name: "orders" });
  expect(contract.label).toBeNull();
  const found = (now: TableFacts) => labelFlippedCheck.run({ facts: now, contract, usual: null, now: null });
  expect(found(facts(2, 0.93))).toMatchObject([
    { severity: "warning", column: "returned", message: expect.stringMatching(/share of ones 0\.9\d+ against 0\.0/) },
  ]);
  // More returns are news, not a mistake; and a flag that is set on all rows of a day is a flag.
  for (const share of [0.05, 0.12, 0.4, 0.6, 0, 1]) expect(found(facts(3, share))).toEqual([]);
});
