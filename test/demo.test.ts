import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readmeVerdict, shownVerdict } from "../scripts/readme-verdict.ts";
import type { Verdict } from "../src/core/gates/verdict.ts";

const root = resolve(import.meta.dirname, "..");

interface Proof {
  readonly slice: string;
  readonly champion: number;
  readonly challenger: { readonly difference: number; readonly low: number; readonly high: number };
}

describe("the demo in an empty folder", { timeout: 240_000 }, () => {
  let folder: string;
  let played: { readonly status: number | null; readonly stdout: string; readonly stderr: string };

  const umpire = (...args: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, "bin/umpire.cjs"), ...args], {
      cwd: folder,
      encoding: "utf8",
    });
    return { status, stdout, stderr };
  };
  const verdictIn = (...names: readonly string[]): Verdict =>
    JSON.parse(readFileSync(join(folder, ".umpire", ...names, "late-flights", "verdict.json"), "utf8")) as Verdict;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "umpire-demo-"));
    played = umpire("demo");
  }, 240_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  it("ends as told: the challenger that wins on average fails, the mended one passes", () => {
    expect(played.status, played.stderr).toBe(0);
    expect(played.stdout).toMatch(/✗ FAIL {3}wins on average, loses for small airports[^]*✓ PASS/);
    expect(verdictIn("demo", "challenger").decision).toBe("fail");
    expect(verdictIn("demo", "challenger-fixed").decision).toBe("pass");
  });

  it("prints what the README shows (else: npm run docs:readme)", () => {
    const shown = shownVerdict(readFileSync(join(root, "README.md"), "utf8"));
    expect(shown).toContain("FAIL");
    expect(shown).toBe(readmeVerdict(played.stdout));
  });

  it("fits a terminal of 100 columns", () => {
    const widest = Math.max(...played.stdout.split("\n").map((line) => [...line].length));
    expect(widest).toBeLessThanOrEqual(100);
  });

  it("agrees with the proof that was made without Umpire", () => {
    const proof = JSON.parse(readFileSync(join(root, "examples/flights/make/proof.json"), "utf8")) as readonly Proof[];
    const verdict = verdictIn("demo", "challenger");
    const pairs = [
      { own: verdict.overall["roc_auc"], name: "all flights" },
      {
        own: verdict.slices.find((slice) => slice.name === "small airports")?.metrics["roc_auc"],
        name: "airport=small",
      },
      ...["departure=early", "departure=night", "haul=long", "haul=short"].map((name) => ({
        own: verdict.slices.find((slice) => slice.name === name)?.metrics["roc_auc"],
        name,
      })),
    ];
    for (const { own, name } of pairs) {
      const theirs = proof.find((row) => row.slice === name);
      expect(own?.champion, name).toBeCloseTo(theirs?.champion ?? Number.NaN, 3);
      expect(own?.difference, name).toBeCloseTo(theirs?.challenger.difference ?? Number.NaN, 3);
      // Another method (bootstrap over folds against linearised over days): the same interval to some thousandths.
      expect(Math.abs((own?.interval?.[0] ?? Number.NaN) - (theirs?.challenger.low ?? 0)), name).toBeLessThan(0.008);
      expect(Math.abs((own?.interval?.[1] ?? Number.NaN) - (theirs?.challenger.high ?? 0)), name).toBeLessThan(0.008);
    }
  });

  it("leaves a policy whose verdict changes when the slice is only weighed", () => {
    const path = join(folder, ".umpire/demo/umpire.yaml");
    const policy = readFileSync(path, "utf8");
    writeFileSync(path, policy.replace("weight: 1, blocking: true, margin: 0", "weight: 0.1"));
    expect(readFileSync(path, "utf8")).not.toBe(policy);
    const again = umpire("judge", ".umpire/demo/umpire.yaml");
    expect(again.status, again.stderr).toBe(0);
    expect(verdictIn().decision).toBe("pass");
    expect(verdictIn().score.difference).toBeGreaterThan(verdictIn("demo", "challenger").score.difference ?? 1);
  });

  it("differs between the two policies in nothing but the challenger", () => {
    const lines = (name: string): readonly string[] =>
      readFileSync(join(root, "examples/flights", name), "utf8").split("\n");
    const [first, second] = [lines("umpire.yaml"), lines("umpire-fixed.yaml")];
    const from = (all: readonly string[], start: string): string => all.slice(all.indexOf(start)).join("\n");
    expect(from(second, "baselines:")).toBe(from(first, "baselines:"));
    const between = (all: readonly string[]): string =>
      all
        .slice(
          all.indexOf("model: late-flights"),
          all.findIndex((line) => line.startsWith("  challenger:")),
        )
        .join("\n");
    expect(between(second)).toBe(between(first));
  });
});
