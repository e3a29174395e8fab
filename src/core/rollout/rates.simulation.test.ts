import { describe, expect, it } from "vitest";
import { follow, worlds } from "./rate-worlds.ts";

/** Few of the rollouts of `bench/rollout/rates.ts`, the same seeds. */
function rates(name: string, runs: number) {
  const ends = Array.from({ length: runs }, (_, i) => follow(worlds[name]!, 50_000 + i));
  const of = (kept: (end: (typeof ends)[number]) => boolean): number => ends.filter(kept).length / runs;
  return {
    breach: of(({ outcome }) => outcome === "breach"),
    void: of(({ outcome }) => outcome === "void"),
    passed: of(({ passed }) => passed),
  };
}

describe("a rollout's analysis, looked at again and again", () => {
  it("is not misled by units that come back step after step, each time on the same side", () => {
    // As if steps were independent: 7% are called harmful, 2% mismatched.
    const found = rates("null: the same units in nine steps", 120);
    expect(found.breach).toBeLessThan(0.03);
    expect(found.void).toBeLessThan(0.01);
  });
});
