import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { decidedFilmRanker } from "../../../test/film-ranker.ts";
import { tellPipeline } from "./pipeline.ts";

const filmRankerVerdict = decidedFilmRanker().verdict;

describe("a pipeline that runs the judge", () => {
  it("gets the summary, the output and one annotation on GitHub Actions", () => {
    const folder = mkdtempSync(join(tmpdir(), "umpire-"));
    const summary = join(folder, "summary.md");
    const output = join(folder, "output");
    writeFileSync(output, "before=1\n");
    const lines: string[] = [];
    const environment = { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: summary, GITHUB_OUTPUT: output };
    const verdict = { ...filmRankerVerdict, model: "a,b: c", reason: "loses\n100% of it" };
    tellPipeline(verdict, "policies/umpire.yaml", environment, (line) => lines.push(line));
    expect(readFileSync(summary, "utf8")).toContain("low activity");
    expect(readFileSync(output, "utf8")).toBe("before=1\nverdict=fail\n");
    expect(lines).toEqual(["::error file=policies/umpire.yaml,title=a%2Cb%3A c::loses%0A100%25 of it"]);
  });

  it("is left alone elsewhere", () => {
    const lines: string[] = [];
    tellPipeline(filmRankerVerdict, "umpire.yaml", {}, (line) => lines.push(line));
    expect(lines).toEqual([]);
  });
});
