import { describe, expect, it } from "vitest";
import type { Verdict } from "../../src/core/gates/verdict.ts";
import { folderWith, umpire } from "./command-line.ts";
import { scoredCsv, scoredPolicy } from "./made-data.ts";

async function judged(files: Record<string, string>): Promise<Verdict> {
  const { stdout } = await umpire(["judge", "--json"], folderWith(files));
  return JSON.parse(stdout) as Verdict;
}

describe("umpire judge on what its builders did not think of", () => {
  it("gives every slice the metrics of the whole, expected costs among them", async () => {
    const policy = `${scoredPolicy}costs: { false_positive: 1, false_negative: 8 }\n`;
    const verdict = await judged({ "test.csv": scoredCsv({ rows: 600 }), "umpire.yaml": policy });
    expect(Object.keys(verdict.overall)).toEqual(["roc_auc", "log_loss", "cost"]);
    for (const slice of verdict.slices) {
      expect(Object.keys(slice.metrics)).toEqual(Object.keys(verdict.overall));
      expect(slice.metrics["cost"]).toEqual(slice.cost);
    }
  });
});
