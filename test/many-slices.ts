import type { SliceFoldValues } from "../src/core/evaluation/fold-values.ts";
import { decide } from "../src/core/gates/decide.ts";
import { prepare } from "../src/core/gates/prepare.ts";
import type { SliceResult, Verdict } from "../src/core/gates/verdict.ts";
import { decisionInput } from "../src/core/report/decision-input.ts";
import type { ReportEvidence } from "../src/core/report/report-evidence.ts";
import { createRandom } from "../src/core/statistics/random.ts";
import { filmRanker } from "./film-ranker.ts";

/** Evidence of many slices made by a seeded generator, 20 to an entry, one baseline; for size and speed of the page. */
export function manySlices(count: number): ReportEvidence {
  const random = createRandom(7);
  const base = filmRanker();
  const slices = Array.from({ length: count }, () => folds(0.6, random));
  const foldValues = {
    ...base.foldValues,
    models: ["champion", "challenger", "prior"],
    slices,
    overall: folds(0.6, random),
  };
  const results = slices.map((s, i): SliceResult => result(base.verdict, s, i));
  const verdict: Verdict = {
    ...base.verdict,
    slices: results,
    baselines: [],
    counts: { ...base.verdict.counts, units: 100_000 },
  };
  const evidence: ReportEvidence = { ...base, verdict, foldValues };
  const decision = decide(prepare(decisionInput(evidence)), { onlyGates: true });
  return {
    ...evidence,
    verdict: {
      ...verdict,
      decision: decision.decision,
      score: decision.score,
      gates: decision.gates,
      needed: decision.needed,
      baselines: decision.baselines.map((b) => ({ ...b, metrics: {} })),
    },
  };
}

function folds(mean: number, random: ReturnType<typeof createRandom>): SliceFoldValues {
  const shift = 0.01 * random.nextNormal();
  const weight = Float64Array.from({ length: 256 }, () => 20 + random.nextBelow(60));
  const sums = [mean, mean + 0.005 + shift, mean - 0.1].map((m) =>
    weight.map((w) => w * (m + 0.05 * random.nextNormal())),
  );
  const total = weight.reduce((a, b) => a + b, 0);
  return {
    folds: Uint8Array.from({ length: 256 }, (_, f) => f),
    weight,
    sums,
    values: sums.map((s) => s.reduce((a, b) => a + b, 0) / total),
    reasons: [null, null, null],
  };
}

function result(verdict: Verdict, slice: SliceFoldValues, index: number): SliceResult {
  const [champion = 0, challenger = 0] = slice.values.map((v) => v ?? 0);
  const difference = challenger - champion;
  const template = verdict.slices[0];
  if (template === undefined) throw new Error("the film ranker has slices");
  const entry = `entry ${Math.floor(index / 20)}`;
  const numbers = {
    champion,
    challenger,
    difference,
    interval: [difference - 0.009, difference + 0.009] as const,
    direction: 1 as const,
  };
  return {
    ...template,
    name: `${entry} & value=${index}`,
    entry,
    weight: 0.1 + (Math.floor(index / 20) % 9) / 10,
    blocking: index < 5 || (index >= 20 && index < 25),
    units: 5000,
    outcome: "not-enough-data",
    metrics: { map: { ...numbers, n: 10_000, units: 5000, method: "made up", reason: null } },
  };
}
