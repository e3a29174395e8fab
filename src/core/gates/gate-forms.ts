/** A gate in words: what the reference prints, and how its results are named in a verdict. */
export interface GateForm {
  /** Start of the name of its results; the name of a slice or baseline follows where it ends in a blank. */
  readonly name: string;
  /** What in the policy asks for it. */
  readonly asked: string;
  readonly passes: string;
  readonly fails: string;
  readonly otherwise: string;
  readonly says: string;
}

/** Name of the gate on the weighted score. */
export const SCORE_GATE = "weighted score";
/** Start of the names of the gates on blocking slices and on baselines. */
export const SLICE_GATE = "slice: ";
export const BASELINE_GATE = "baseline: ";

/** Every gate, in the order in which a verdict lists them. L and U are the bounds of the interval. */
export const gateForms: readonly GateForm[] = [
  {
    name: SCORE_GATE,
    asked: "always; `gate.score` (`better` or `not-worse`), `gate.margin` m",
    passes: "better: L > m; not-worse: L ≥ −m",
    fails: "better: U ≤ m; not-worse: U < −m",
    otherwise: "not enough data; not evaluated where more than 10% of the weight has no evidence",
    says: "The mean of the deciding metric over slices, by weight, challenger against champion.",
  },
  {
    name: SLICE_GATE,
    asked: "`blocking: true` on a slice, with its `margin` m",
    passes: "L ≥ −m, each slice at its own level, because all must hold",
    fails: "U < −m, adjusted by max-T over the blocking slices",
    otherwise: "not enough data; so too below `gate.min_units`; not evaluated without evidence",
    says: "No gain elsewhere makes up for a loss here.",
  },
  {
    name: BASELINE_GATE,
    asked: "every entry of `baselines`, unless `gate.baselines: ignore`",
    passes: "L > 0",
    fails: "U ≤ 0",
    otherwise: "not enough data; not evaluated where the baseline has no score",
    says: "The weighted score of the challenger against that of the baseline.",
  },
];

/** The page `docs/reference/gates.md`. */
export function gatesReference(): string {
  const rows = gateForms.map(
    (gate) => `| \`${gate.name.trim()}\` | ${gate.asked} | ${gate.passes} | ${gate.fails} | ${gate.otherwise} |`,
  );
  return [
    "# Gates",
    "",
    "L and U are the two-sided bounds at `gate.confidence` of challenger minus champion, turned so that more is better, by",
    "the studentised paired bootstrap over folds of units. The interval decides, never the point.",
    "",
    "| gate | asked for by | passes | fails | else |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
    "",
    ...gateForms.map((gate) => `- \`${gate.name.trim()}\`: ${gate.says}`),
    "",
    "**The decision.** Any `fail` gives fail; else any `not-evaluated`; else any `not-enough-data`; else pass. For each",
    "undecided gate the verdict says how many more units would decide, at the observed difference or at `gate.expected`.",
    "Two identical models have L = U = 0: they pass `not-worse` and fail `better`. Slices that do not block never decide;",
    "they carry flags from a max-T family of their own.",
    "",
  ].join("\n");
}
