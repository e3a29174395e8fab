import { readFileSync } from "node:fs";
import type { SliceFoldValues } from "../src/core/evaluation/fold-values.ts";
import type { Verdict } from "../src/core/gates/verdict.ts";
import { decide } from "../src/core/gates/decide.ts";
import { prepare } from "../src/core/gates/prepare.ts";
import { decisionInput } from "../src/core/report/decision-input.ts";
import type { ReportEvidence } from "../src/core/report/report-evidence.ts";
import { policySource } from "../src/schemas/policy-source.ts";

const url = new URL("../src/core/report/film-ranker.fixture.json", import.meta.url);

interface Fixture {
  readonly verdict: Verdict;
  readonly gate: ReportEvidence["gate"];
  readonly curves: ReportEvidence["curves"];
  readonly foldValues: {
    readonly metric: string;
    readonly direction: 1 | -1;
    readonly models: readonly string[];
    readonly overall: KeptFolds;
    readonly slices: readonly KeptFolds[];
  };
}

interface KeptFolds {
  readonly folds: readonly number[];
  readonly weight: readonly number[];
  readonly sums: readonly (readonly number[])[];
  readonly values: readonly (number | null)[];
  readonly reasons: readonly (string | null)[];
}

function folds(kept: KeptFolds): SliceFoldValues {
  return {
    folds: Uint8Array.from(kept.folds),
    weight: Float64Array.from(kept.weight),
    sums: kept.sums.map((values) => Float64Array.from(values)),
    values: kept.values,
    reasons: kept.reasons,
  };
}

/** The film ranker of the shared data, with real evidence: what the reports are tested with. */
export function filmRanker(): ReportEvidence {
  const fixture = JSON.parse(readFileSync(url, "utf8")) as Fixture;
  return {
    ...fixture,
    policy: null,
    foldValues: {
      ...fixture.foldValues,
      overall: folds(fixture.foldValues.overall),
      slices: fixture.foldValues.slices.map(folds),
    },
  };
}

const policyText = `# The film ranker.
model: film-ranker
slices:
  low activity: { where: { user_activity: low }, weight: 1, blocking: true, margin: 0 }   # new users
  rare films: { where: { item_popularity: rare }, weight: 0.6 }
  young women:
    where: { gender: F, user_age: { from: 18, below: 30 } }
    weight: 0.3   # asked for by the editors
  activity: { each: user_activity, weight: 0.3 }
  activity by popularity: { cross: [user_activity, item_popularity], weight: 0.1 }
  last week: { last: 7d, weight: 0.8 }
gate:
  score: better
`;

/** The same, decided by the product itself, with its policy: what a page is made from. */
export function decidedFilmRanker(): ReportEvidence {
  const evidence = { ...filmRanker(), policy: policySource("umpire.yaml", policyText) };
  const { verdict } = evidence;
  const decision = decide(prepare(decisionInput(evidence)));
  const slices = verdict.slices.map((slice, i) => {
    const { outcome = slice.outcome, interval = null, reason = null, flags = [] } = decision.slices[i] ?? {};
    const map = slice.metrics["map"];
    return { ...slice, outcome, reason, flags, metrics: map === undefined ? {} : { map: { ...map, interval } } };
  });
  const baselines = verdict.baselines.map((b, i) => ({ ...b, ...decision.baselines[i] }));
  const { score, gates, needed } = decision;
  return {
    ...evidence,
    verdict: {
      ...verdict,
      decision: decision.decision,
      score,
      gates,
      needed,
      slices,
      baselines,
      power: decision.power ?? verdict.power,
    },
  };
}

/** Names that break what does not escape. */
export const hostileNames: readonly string[] = [
  "<script>alert(1)</script>",
  "a|b",
  'say "no"',
  "it's & so <b>",
  "</script><!--",
  "🙂 films 日本",
  "x".repeat(200),
  "line\nbreak\ttab\u001b[31mred\u0007",
  "@team #12 http://example.org `code` *bold* [a](b)",
  "right\u202Eleft",
  "",
];

/** A verdict whose slices bear hostile names. */
export function hostileVerdict(): Verdict {
  const { verdict } = filmRanker();
  return {
    ...verdict,
    model: "m <&|>",
    slices: verdict.slices.map((s, i) => ({ ...s, name: hostileNames[i] ?? s.name })),
    baselines: verdict.baselines.map((b, i) => ({ ...b, name: hostileNames[i] ?? b.name })),
    gates: verdict.gates.map((g, i) => ({
      ...g,
      name: `slice ${hostileNames[i] ?? g.name}`,
      reason: hostileNames[i + 4] ?? g.reason,
    })),
  };
}
