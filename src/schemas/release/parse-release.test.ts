import { describe, expect, it } from "vitest";
import { usualRelease } from "../../core/rollout/release-policy.ts";
import { parsePolicy } from "../policy/parse-policy.ts";
import { releaseOf } from "./parse-release.ts";

const policy = (release: string): string =>
  `task: binary\ndata: { test: t.csv }\ncolumns: { label: y }\nmodels: { challenger: { column: s } }\n${release}`;

const told = (release: string): string[] => {
  try {
    parsePolicy(policy(release), "umpire.yaml");
    return [];
  } catch (error) {
    const { where, message, others } = error as {
      where: string;
      message: string;
      others: { where: string; message: string }[];
    };
    return [{ where, message }, ...others].map((one) => `${one.where} ${one.message}`);
  }
};

describe("the release section", () => {
  it("has a default for everything", () => {
    expect(releaseOf(undefined)).toEqual(usualRelease);
  });

  it("reads stages, guardrails and labels", () => {
    const read = releaseOf({
      shadow: false,
      shares: [0.05, 0.2],
      least: "2h",
      stages: [
        { cohort: "low activity", approve: "ann" },
        { cohort: "everyone", shares: [1], advance: "ask" },
      ],
      guardrails: {
        errors: 0.002,
        answers: false,
        labels: { click: { margin: 0.01 }, error: { label: "y", margin: 1, loss: "absolute" } },
      },
    });
    expect(read.shadow).toBeNull();
    expect(read.stages?.[0]).toMatchObject({
      cohort: "low activity",
      shares: [0.05, 0.2],
      approve: ["ann"],
      leastMilliseconds: 7_200_000,
    });
    expect(read.stages?.[1]).toMatchObject({ shares: [1], advance: "ask" });
    expect(read.guardrails.map(({ name, measure, direction, margin }) => [name, measure, direction, margin])).toEqual([
      ["errors", "errors", -1, 0.002],
      ["latency", "latency", -1, 0.2],
      ["fallback", "fallback", -1, 0.02],
      ["click", "label", 1, 0.01],
      ["error", "quality", -1, 1],
    ]);
  });

  it("says at its line what is wrong in a policy", () => {
    expect(told("release:\n  stages:\n    - { cohort: a, shares: [0.5, 0.1] }\n  least: 3d\n  most: 1d")).toEqual([
      "umpire.yaml:7:20 release.stages[0].shares: shares rise from step to step",
      "umpire.yaml:9:9 release.most: the most time is shorter than the least",
    ]);
    expect(told("release:\n  guardrail: {}")).toEqual([`umpire.yaml:6:3 release: has no key "guardrail"`]);
    expect(told("release:\n  least: soon")).toEqual([
      "umpire.yaml:6:10 release.least: takes a span of time: 30s, 90m, 24h, 7d or 2w",
    ]);
    // No time at all was once taken for the usual hour, without a word.
    expect(told("release:\n  least: 0m")).toEqual([
      "umpire.yaml:6:10 release.least: takes a span of time: 30s, 90m, 24h, 7d or 2w",
    ]);
    expect(releaseOf({ settle: "1.5m" }).settleMilliseconds).toBe(90_000);
  });

  it("refuses the same through the API", () => {
    expect(() => releaseOf({ shares: [0.5, 0.1] })).toThrow("shares rise from step to step");
    expect(() => releaseOf({ form: "big bang" })).toThrow(/stages/);
  });
});
