import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
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

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("the demo, interrupted", () => {
  it("takes server and gateway with it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "umpire-demo-"));
    const args = [join(root, "bin/umpire.cjs"), "demo", "--chapter", "release"];
    const child = spawn(process.execPath, args, { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
    const ended = once(child, "exit");
    let said = "";
    for await (const part of child.stdout) {
      said += String(part);
      if (said.includes("answers every flight")) break;
    }
    const live = join(folder, ".umpire", "demo", "live");
    const server = Number(/process (\d+)/.exec(readFileSync(join(live, "server", "owner.txt"), "utf8"))?.[1]);
    const gateway = /http:\S+/.exec(said)?.[0] ?? "";
    expect((await fetch(`${gateway}/v2/health/live`)).status).toBe(200);
    child.kill("SIGINT");
    await ended;
    const gone = async (): Promise<boolean> =>
      !isRunning(server) &&
      (await fetch(`${gateway}/v2/health/live`).then(
        () => false,
        () => true,
      ));
    while (!(await gone())) await new Promise((resolve) => setTimeout(resolve, 100));
    rmSync(folder, { recursive: true });
  }, 240_000);
});

describe("the demo in an empty folder", { timeout: 600_000 }, () => {
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
  }, 600_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  it("ends as told: the challenger that wins on average fails, the mended one passes", () => {
    expect(played.status, played.stderr).toBe(0);
    expect(played.stdout).toMatch(/✗ FAIL {3}wins on average, loses for small airports[^]*✓ PASS/);
    expect(verdictIn("demo", "challenger").decision).toBe("fail");
    expect(verdictIn("demo", "challenger-fixed").decision).toBe("pass");
  });

  it("goes on with a real server: refused, retrained, released in stages, back from a bad version, nothing dropped", () => {
    expect(played.stdout).toMatch(/✗ alarm, for dispatch: small airports: origin_late_share/);
    expect(played.stdout).toMatch(/✗ version 2: wins on average, loses for small airports/);
    expect(played.stdout).toMatch(/✓ version 3: better where it counts/);
    const steps = [...played.stdout.matchAll(/^ {4}→ (.+)$/gm)].map(([, to]) => to);
    expect(steps).toEqual([
      "stage 1 of 2: haul=medium at 50%",
      "stage 2 of 2: everyone at 50%",
      "full",
      "done",
      "rolled back to 3",
    ]);
    expect(played.stdout).toMatch(/rolled back to 3\n {8}forecast: worse by at least/);
    expect(played.stdout).toMatch(/✓ [\d,]+ requests, each answered once and once in the log/);
    expect(played.stdout).toMatch(/✓ \d+ entries of the audit trail/);
  });

  it("leaves a trail that verifies, and no process", () => {
    const live = join(".umpire", "demo", "live", "server");
    const verified = umpire("audit", "verify", "--state", live);
    expect(verified.status, verified.stderr).toBe(0);
    const owner = Number(/process (\d+)/.exec(readFileSync(join(folder, live, "owner.txt"), "utf8"))?.[1]);
    expect(isRunning(owner)).toBe(false);
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
