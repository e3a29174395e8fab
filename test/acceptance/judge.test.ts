import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Verdict } from "../../src/core/gates/verdict.ts";
import { folderWith, umpire, type Answer } from "./command-line.ts";
import { scoredCsv, scoredPolicy } from "./made-data.ts";

describe("umpire judge", () => {
  let folder = "";
  let answer: Answer;
  beforeAll(async () => {
    folder = folderWith({ "test.csv": scoredCsv(), "umpire.yaml": scoredPolicy });
    answer = await umpire(["judge"], folder);
  });

  it("fails a challenger that wins overall and loses the slice that blocks, with exit code 1", () => {
    expect(answer.stderr).toBe("");
    expect(answer.code).toBe(1);
    expect(answer.stdout).toContain("✗ FAIL   wins on average, loses for cohort b, a slice that blocks");
  });

  it("writes the verdict, its evidence and the reports, and no other file", () => {
    const names = ["evidence.bin", "junit.xml", "report.html", "report.md", "run.json", "verdict.json"];
    expect(readdirSync(join(folder, ".umpire", "loan-risk")).sort()).toEqual(names);
  });

  it("fits 100 columns and is plain text without a terminal", () => {
    for (const line of answer.stdout.split("\n")) expect([...line].length).toBeLessThanOrEqual(100);
    expect(answer.stdout).not.toContain("\u001b[");
  });

  it("prints the verdict document, and nothing else, under --json", async () => {
    const { stdout, code } = await umpire(["judge", "--json"], folder);
    const verdict = JSON.parse(stdout) as Verdict;
    expect(code).toBe(1);
    expect(verdict).toMatchObject({ schema: "umpire.verdict/1", decision: "fail", metric: "roc_auc" });
    expect(stdout).toBe(readFileSync(join(folder, ".umpire", "loan-risk", "verdict.json"), "utf8"));
  });

  it("gives the same bytes again, wherever it stands", async () => {
    const first = readFileSync(join(folder, ".umpire", "loan-risk", "verdict.json"), "utf8");
    const elsewhere = folderWith({});
    await umpire(["judge", join(folder, "umpire.yaml"), "--out", "o"], elsewhere);
    expect(readFileSync(join(elsewhere, "o", "loan-risk", "verdict.json"), "utf8")).toBe(first);
    expect(first).not.toContain(folder);
  });

  it("passes the same challenger when the weight and the gate allow it", async () => {
    const policy = scoredPolicy
      .replace(", weight: 0.2, blocking: true", ", weight: 0")
      .replace("{ each: cohort, weight: 1 }", "{ where: { cohort: a }, weight: 1 }");
    writeFileSync(join(folder, "open.yaml"), policy);
    const { code, stdout } = await umpire(["judge", "open.yaml", "--out", "open"], folder);
    expect(stdout).toContain("✓ PASS");
    expect(code).toBe(0);
  });

  it("says how many rows have no unit", async () => {
    writeFileSync(join(folder, "gaps.csv"), scoredCsv().replaceAll(",u7,", ",,"));
    writeFileSync(join(folder, "gaps.yaml"), scoredPolicy.replace("test.csv", "gaps.csv"));
    const { stdout } = await umpire(["judge", "gaps.yaml", "--out", "gaps"], folder);
    expect(stdout).toMatch(/\d+ rows have no user; together they count as one unit/);
  });

  it("verifies the verdict bit for bit, and finds a changed digit", async () => {
    const path = join(folder, ".umpire", "loan-risk", "verdict.json");
    expect((await umpire(["verify", path], folder)).code).toBe(0);
    expect((await umpire(["verify", path, "--from-data", "umpire.yaml"], folder)).code).toBe(0);
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replace('"decision": "fail"', '"decision": "pass"'));
    const { code, stdout } = await umpire(["verify", path], folder);
    expect(code).toBe(1);
    expect(stdout).toContain('decision: recorded "pass", recomputed "fail"');
    writeFileSync(path, text);
  });
});

describe("umpire judge on bad input", () => {
  const data = scoredCsv({ rows: 400 });
  const cases: readonly [string, Record<string, string>, RegExp][] = [
    ["a policy that is not there", { "test.csv": data }, /umpire\.yaml {2}there is no policy file/],
    [
      "a key that does not exist",
      { "test.csv": data, "umpire.yaml": scoredPolicy.replace("metrics:", "metric:") },
      /umpire\.yaml:8:1.*metric.*\n.*metrics/s,
    ],
    [
      "a metric that does not exist",
      { "test.csv": data, "umpire.yaml": scoredPolicy.replace("log_loss", "logloss") },
      /logloss.*\n.*log_loss/s,
    ],
    ["data that are not there", { "umpire.yaml": scoredPolicy }, /test\.csv/],
    ["empty data", { "umpire.yaml": scoredPolicy, "test.csv": "" }, /test\.csv.*empty/],
    [
      "a header without rows",
      { "umpire.yaml": scoredPolicy, "test.csv": data.slice(0, data.indexOf("\n") + 1) },
      /no rows/,
    ],
    [
      "a slice on a column that is not there",
      { "test.csv": data, "umpire.yaml": scoredPolicy.replace("{ cohort: b }", "{ cohrt: b }") },
      /umpire\.yaml:10:\d+.*cohrt.*\n.*cohort/s,
    ],
    [
      "a weight above 1",
      { "test.csv": data, "umpire.yaml": scoredPolicy.replace("weight: 0.2", "weight: 1.2") },
      /umpire\.yaml:10:\d+.*weight/,
    ],
    [
      "a score that is not a number",
      { "umpire.yaml": scoredPolicy, "test.csv": data.replace(/0\.\d+\n/, "oops\n") },
      /test\.csv:2.*oops/s,
    ],
    [
      "a score that is missing",
      { "umpire.yaml": scoredPolicy, "test.csv": data.replace(/0\.\d+\n/, "\n") },
      /challenger.* on 1 of 400 rows/,
    ],

    ["ids that repeat", { "umpire.yaml": scoredPolicy, "test.csv": data.replace("\n1,u", "\n0,u") }, /id/],
    [
      "a label column that is not there",
      { "test.csv": data, "umpire.yaml": scoredPolicy.replace("label: label", "label: lable") },
      /lable.*\n.*label/s,
    ],
    [
      "no weight at all",
      { "test.csv": data, "umpire.yaml": scoredPolicy.replaceAll(/weight: [\d.]+/g, "weight: 0") },
      /weight/,
    ],
  ];
  it.each(cases)("says what to do about %s, with exit code 2, and writes nothing", async (_name, files, message) => {
    const folder = folderWith(files);
    const before = readdirSync(folder).sort();
    const { code, stdout, stderr } = await umpire(["judge"], folder);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(stdout).toBe("");
    expect(code).toBe(2);
    expect(readdirSync(folder).sort()).toEqual(before);
  });

  it("gives the honest verdict on a label with one class: not evaluated, exit code 4", async () => {
    const oneClass = data.replace(/,1,0\.(\d+),/g, ",0,0.$1,");
    const folder = folderWith({ "umpire.yaml": scoredPolicy, "test.csv": oneClass });
    const { code, stdout } = await umpire(["judge"], folder);
    expect(stdout).toContain("NOT EVALUATED");
    expect(code).toBe(4);
  });

  it("leaves no partial file when it cannot write", async () => {
    const folder = folderWith({ "test.csv": data, "umpire.yaml": scoredPolicy, ".umpire": "a file in the way" });
    const { code, stderr } = await umpire(["judge"], folder);
    expect(stderr).toMatch(/cannot write/);
    expect(code).toBe(2);
    rmSync(join(folder, ".umpire"));
    expect(existsSync(join(folder, ".umpire"))).toBe(false);
  });
});
