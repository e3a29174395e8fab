import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { RetrainingRecord } from "../../src/core/retraining/run-record.ts";
import { folderWith, umpire } from "./command-line.ts";
import { scoredCsv, scoredPolicy } from "./made-data.ts";

/** A team's own scripts: copy rows, then write scores of a seed. */
const prepare = `const fs = require("fs"); fs.mkdirSync("work", { recursive: true });
fs.writeFileSync("work/rows.csv", fs.readFileSync("raw.csv"));`;
const train = `const fs = require("fs"); const [, , , seed] = process.argv;
console.log("seed", seed); fs.mkdirSync("work", { recursive: true });
fs.writeFileSync("test.csv", fs.readFileSync("work/rows.csv")); fs.writeFileSync("model.txt", "weights " + seed + (process.env.LUCK ?? ""));`;

const steps = `retrain:
  steps:
    - { name: prepare, run: [node, prepare.cjs], inputs: [raw.csv, prepare.cjs], outputs: work/rows.csv }
    - { name: train, run: [node, train.cjs, --seed, "\${seed}"], inputs: [work/rows.csv, train.cjs], outputs: [model.txt, test.csv], parameters: { seed: 7 } }
  produces: model.txt
`;

function project(policy = scoredPolicy + steps): string {
  return folderWith({ "raw.csv": scoredCsv(), "prepare.cjs": prepare, "train.cjs": train, "umpire.yaml": policy });
}

function recordOf(folder: string): { path: string; record: RetrainingRecord } {
  const runs = join(".umpire", "loan-risk", "runs");
  const [run] = readdirSync(join(folder, runs));
  const path = join(runs, run!, "retraining.json");
  return { path, record: JSON.parse(readFileSync(join(folder, path), "utf8")) as RetrainingRecord };
}

describe("umpire retrain", () => {
  it("runs the steps, records what made what, and ends with the verdict on what came out", async () => {
    const folder = project();
    const { code, stdout, stderr } = await umpire(["retrain"], folder);
    expect(stderr).toContain("step 2 of 2: train");
    expect(stdout).toContain("✗ FAIL");
    expect(code).toBe(1);
    const { record } = recordOf(folder);
    expect(record).toMatchObject({ outcome: "done", model: "loan-risk", artifact: { path: "model.txt" } });
    expect(record.steps.map(({ name, exitCode }) => [name, exitCode])).toEqual([
      ["prepare", 0],
      ["train", 0],
    ]);
    expect(record.steps[1]!.command).toEqual(["node", "train.cjs", "--seed", "7"]);
    expect(record.steps[1]!.inputs).toContainEqual(record.steps[0]!.outputs[0]);
    const log = join(folder, ".umpire", "loan-risk", "runs", record.id, record.steps[1]!.log);
    expect(readFileSync(log, "utf8")).toBe("seed 7\n");
  });

  it("ends with the step that fails, its last words, and the record", async () => {
    const folder = project();
    writeFileSync(join(folder, "train.cjs"), "console.error('no memory left'); process.exit(9)");
    const { code, stderr, stdout } = await umpire(["retrain"], folder);
    expect(stderr).toMatch(/step "train": exit code 9: no memory left/);
    expect(stdout).toBe("");
    expect(code).toBe(2);
    expect(recordOf(folder).record.outcome).toBe("failed");
  });

  it("fails a step that does not write what it says", async () => {
    const folder = project();
    writeFileSync(join(folder, "train.cjs"), "");
    expect((await umpire(["retrain"], folder)).stderr).toMatch(/did not write model\.txt/);
  });

  it("names the line of a parameter that does not exist", async () => {
    const folder = project(scoredPolicy + steps.replace("${seed}", "${sed}"));
    const { code, stderr } = await umpire(["retrain"], folder);
    expect(stderr).toMatch(/umpire\.yaml:\d+:\d+.*"sed"\n.*seed/s);
    expect(code).toBe(2);
  });
});

describe("umpire reproduce", () => {
  it("finds the same bytes again, and leaves the files that were there", async () => {
    const folder = project();
    await umpire(["retrain", "--no-judge"], folder);
    const { path } = recordOf(folder);
    writeFileSync(join(folder, "model.txt"), "edited since");
    const { code, stdout } = await umpire(["reproduce", path], folder);
    expect(stdout).toMatch(/✓ .* comes out the same: 3 of 3 outputs/);
    expect(code).toBe(0);
    expect(readFileSync(join(folder, "model.txt"), "utf8")).toBe("edited since");
  });

  it("names the output that luck changed", async () => {
    const folder = project();
    await umpire(["retrain", "--no-judge"], folder);
    const { path } = recordOf(folder);
    const { code, stdout } = await umpire(["reproduce", path], folder, { LUCK: "x" });
    expect(stdout).toMatch(/✗ .* comes out different: 1 of 3 outputs\n\n {3}train: model\.txt/);
    expect(code).toBe(1);
  });

  it("refuses to compare when the inputs are others", async () => {
    const folder = project();
    await umpire(["retrain", "--no-judge"], folder);
    const { path } = recordOf(folder);
    writeFileSync(join(folder, "raw.csv"), "other");
    const { code, stderr } = await umpire(["reproduce", path], folder);
    expect(stderr).toMatch(/raw\.csv is another/);
    expect(code).toBe(2);
  });
});
