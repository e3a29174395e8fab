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

describe("umpire judge tells what is wrong, not what follows from it", () => {
  const data = scoredCsv({ rows: 400 });
  const policy =
    "task: binary\ndata: { test: t.csv }\ncolumns: { label: y }\nmodels: { champion: { column: a }, challenger: { column: b } }\n";
  const rows = (line: (i: number) => string): string => Array.from({ length: 60 }, (_, i) => line(i)).join("\n");
  it.each([
    [
      "a label that is empty on all rows",
      `y,a,b\n${rows((i) => `,${i / 60},0.5`)}`,
      /the label "y" is empty on all 60 rows/,
    ],
    ["an infinite score", `y,a,b\n${rows((i) => `${i % 2},${i / 60},inf`)}`, /a score is a finite number/],
    [
      "fields separated by blanks",
      `y a b\n${rows((i) => `${i % 2} ${i / 60} 0.5`)}`,
      /read as one column, "y a b": separate/,
    ],
    [
      "a text for a score",
      `y,a,b\n${rows((i) => `${i % 2},${i / 60},low`)}`,
      /holds 'low'.*\n.*a score, a probability/,
    ],
  ])("says of %s what it is", async (_what, csv, message) => {
    const { code, stderr } = await umpire(["judge"], folderWith({ "t.csv": csv, "umpire.yaml": policy }));
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
  it.each([
    [
      "codes for a column that the model does not read",
      "champion: { onnx: m.onnx, features: [age], encode: { cohort: { a: 1 } } }",
      /"cohort" is not among the features/,
    ],
    [
      "a filling for a column that is not there",
      "champion: { onnx: m.onnx, missing: { agee: 0 } }",
      /no column "agee".*\n.*age/s,
    ],
  ])("refuses %s", async (_what, champion, message) => {
    const policy = scoredPolicy.replace("champion: { column: champion }", champion);
    const { code, stderr } = await umpire(
      ["judge"],
      folderWith({ "test.csv": data, "umpire.yaml": policy, "m.onnx": "x" }),
    );
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });

  it("refuses a known figure that the metric can never reach", async () => {
    const policy = `${scoredPolicy}baselines: { human: { value: 93 } }\n`;
    const { code, stderr } = await umpire(["judge"], folderWith({ "test.csv": data, "umpire.yaml": policy }));
    expect(stderr).toMatch(/umpire\.yaml:\d+:\d+.*93.*roc_auc.*from 0 to 1/);
    expect(code).toBe(2);
  });

  it("says why the metric has no value where scores are no probabilities", async () => {
    const raw = data.replace(/,0\.(\d+)\n/g, ",7.$1\n");
    const policy = scoredPolicy.replace("[roc_auc, log_loss]", "[log_loss]");
    const verdict = await judged({ "test.csv": raw, "umpire.yaml": policy.replace(", blocking: true", "") });
    expect(verdict.decision).toBe("not-evaluated");
    expect(verdict.reason).toBe("no value for challenger: its scores lie outside 0 to 1, so they are no probabilities");
  });

  it("knows no power where the two models answer alike", async () => {
    const policy = scoredPolicy.replace("challenger: { column: challenger }", "challenger: { column: champion }");
    const { power, decision } = await judged({ "test.csv": data, "umpire.yaml": policy });
    expect(decision).toBe("fail");
    expect(power).toMatchObject({ pass: null, falsePass: 0, detectable: null });
    expect(power.reason).toContain("answer alike");
  });

  it("tells labels of -1 and 1 to be parted at 0", async () => {
    const signed = data.replace(/,0,0\./g, ",-1,0.");
    const { stderr } = await umpire(["judge"], folderWith({ "test.csv": signed, "umpire.yaml": scoredPolicy }));
    expect(stderr).toContain("positive: { above: 0 }");
  });

  it("gives no interval of no width where a few units happen to differ alike", async () => {
    const rows = [
      [1, 0.2, 0.9],
      [0, 0.8, 0.1],
      [0, 0.7, 0.3],
    ].map(([label, champion, challenger], i) => `9${i},z${i},c,30,${label},${champion},${challenger}`);
    const csv = `${data}${rows.join("\n").replaceAll(/^9/gm, "99")}\n`;
    const verdict = await judged({ "test.csv": csv, "umpire.yaml": scoredPolicy });
    const tiny = verdict.slices.find((slice) => slice.name === "cohort=c")!.metrics["roc_auc"]!;
    expect(tiny).toMatchObject({ difference: 1, interval: null });
    expect(tiny.reason).toBe("no spread among 3 units: too few for an interval");
  });
});
