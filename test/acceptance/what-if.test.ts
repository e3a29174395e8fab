import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { decide } from "../../src/core/gates/decide.ts";
import { prepare } from "../../src/core/gates/prepare.ts";
import type { Verdict } from "../../src/core/gates/verdict.ts";
import { decisionInput } from "../../src/core/report/decision-input.ts";
import { type EmbeddedEvidence, unpackEvidence } from "../../src/core/report/embed.ts";
import { editPolicy } from "../../src/core/report/policy-edit.ts";
import { folderWith, umpire } from "./command-line.ts";
import { scoredCsv, scoredPolicy } from "./made-data.ts";

describe("a what-if of report.html", () => {
  it("is what judging the downloaded policy gives, number for number", async () => {
    const folder = folderWith({ "test.csv": scoredCsv(), "umpire.yaml": scoredPolicy });
    await umpire(["judge"], folder);
    const html = readFileSync(join(folder, ".umpire", "loan-risk", "report.html"), "utf8");
    const data = /<script type="application\/json" id="evidence">(.*?)<\/script>/s.exec(html)?.[1] ?? "";
    const evidence = unpackEvidence(JSON.parse(data) as EmbeddedEvidence);
    const [entry] = evidence.policy?.entries ?? [];
    if (evidence.policy === null || entry === undefined) throw new Error("the report carries no policy");

    const changed = editPolicy(evidence.policy, new Map([[entry.entry, { weight: 0.37, blocking: !entry.blocking }]]));
    writeFileSync(join(folder, "umpire.yaml"), changed);
    const answer = await umpire(["judge", "--json"], folder);
    const judged = JSON.parse(answer.stdout) as Verdict;

    const touched = evidence.verdict.slices.map((s) => s.entry === entry.entry);
    const tried = decide(prepare(decisionInput(evidence)), {
      weights: evidence.verdict.slices.map((s, i) => (touched[i] === true ? 0.37 : s.weight)),
      blocking: evidence.verdict.slices.map((s, i) => (s.blocking === (touched[i] !== true) ? 1 : 0)),
    });
    expect(judged.decision).toBe(tried.decision);
    expect(judged.score).toEqual(tried.score);
    expect(judged.gates).toEqual(tried.gates);
    expect(judged.score).not.toEqual(evidence.verdict.score);
  });
});
