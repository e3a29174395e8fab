import { reasonInWords, wordsFacts } from "../report/words.ts";
import { countsOf, type Evidence } from "../evaluation/evidence.ts";
import { foldValuesOf } from "../evaluation/evidence-fold-values.ts";
import { withFigures } from "../evaluation/figures.ts";
import type { FoldValues } from "../evaluation/fold-values.ts";
import type { EvaluationPlan } from "../evaluation/plan.ts";
import type { Note } from "../findings.ts";
import type { TaskFacts } from "../metrics/metric.ts";
import type { Slice } from "../slices/slice.ts";
import type { LearntSlices } from "../slices/slice-plan.ts";
import { decide } from "./decide.ts";
import type { Decision, GatePolicy } from "./decision.ts";
import { howTaken } from "./how-taken.ts";
import { pairedNumber, RESAMPLED_SLICES } from "./paired-number.ts";
import { prepare, type Prepared } from "./prepare.ts";
import type { BaselineResult, PairedNumber, SliceResult, Verdict } from "./verdict.ts";

/** Everything that a verdict is computed from; saved as its record, so that `umpire verify` computes it again. */
export interface VerdictInput {
  readonly model: string;
  readonly champion: string;
  readonly challenger: string;
  readonly evidence: Evidence;
  readonly plan: EvaluationPlan;
  readonly slices: readonly Slice[];
  /** The `where` of each slice as the policy would write it. */
  readonly sliceDocuments: readonly unknown[];
  /** Edges and newest times that slices took from the data, frozen here. */
  readonly learnt: LearntSlices;
  /** Baselines that are a known figure of the deciding metric (human accuracy), not a model. */
  readonly figures: readonly { readonly name: string; readonly value: number }[];
  readonly gate: GatePolicy;
  /** Costs are declared: show the expected cost per 1,000 predictions. */
  readonly showCost: boolean;
  readonly unit: string;
  readonly period: readonly [string, string] | null;
  readonly notes: readonly Note[];
  readonly fingerprints: Verdict["fingerprints"];
  readonly seed: number;
}

export interface BuiltVerdict {
  readonly verdict: Verdict;
  readonly prepared: Prepared;
}

/** Computes the verdict document; pure, so that the same record gives the same bytes. The first metric decides. */
export function buildVerdict(input: VerdictInput): BuiltVerdict {
  const { evidence, plan, slices } = input;
  const metricTexts = plan.metrics.map(({ request }) => request.text);
  const deciding = metricTexts[0]!;
  const factsOf = sliceFacts(input);
  const total = countsOf(evidence, slices.length);
  const prepared = prepare({
    values: withFigures(foldValuesOf(evidence, plan, deciding, factsOf), input.figures),
    slices: slices.map((slice, s) => ({ slice, counts: countsOf(evidence, s) })),
    units: total.units,
    gate: input.gate,
    seed: input.seed,
  });
  const decision = decide(prepared);
  const shown = metricTexts.filter((text) => text !== "cost" || !input.showCost || text === deciding);
  const tableOf = (text: string): FoldValues =>
    withFigures(foldValuesOf(evidence, plan, text, factsOf, "as is"), text === deciding ? input.figures : []);
  const tables = new Map(metricTexts.map((text) => [text, tableOf(text)]));
  const numbers = numberTables(input, prepared, tables, shown);
  const sliceResults = slices.map((slice, s) => sliceResult(input, decision, numbers, slice, s));
  const verdict: Verdict = {
    schema: "umpire.verdict/1",
    decision: decision.decision,
    reason: "",
    model: input.model,
    task: plan.facts.task,
    metric: deciding,
    champion: input.champion,
    challenger: input.challenger,
    counts: { ...total, unit: input.unit, period: input.period },
    score: decision.score,
    overall: numbers.overall,
    slices: sliceResults,
    baselines: baselineResults(input, decision, prepared, tables, shown),
    gates: decision.gates,
    needed: decision.needed,
    power: decision.power!,
    notes: input.notes,
    fingerprints: input.fingerprints,
    seed: input.seed,
  };
  return { prepared, verdict: { ...verdict, reason: reasonInWords(wordsFacts(verdict)) } };
}

/** Task facts per slice: a slice may have costs of its own. */
export function sliceFacts(input: Pick<VerdictInput, "plan" | "slices">): (slice: number) => TaskFacts {
  return (slice) => {
    const costs = input.slices[slice]?.costs;
    return costs === undefined ? input.plan.facts : { ...input.plan.facts, costs };
  };
}

interface NumberTables {
  readonly overall: Readonly<Record<string, PairedNumber>>;
  readonly bySlice: readonly Readonly<Record<string, PairedNumber>>[];
  readonly cost: readonly (PairedNumber | null)[];
}

function numberTables(
  input: VerdictInput,
  prepared: Prepared,
  tables: ReadonlyMap<string, FoldValues>,
  shown: readonly string[],
): NumberTables {
  const { evidence, slices, plan } = input;
  const last = slices.length;
  const few = slices.length <= RESAMPLED_SLICES;
  const number = (text: string, slice: number): PairedNumber => {
    const table = tables.get(text)!;
    const values = slice === last ? table.overall : table.slices[slice]!;
    const deciding = text === prepared.input.values.metric;
    const target = targetOf(plan, text);
    const known = deciding && slice !== last && target === undefined ? prepared.testSlice(slice) : null;
    const resampled = slice === last || few || deciding;
    const options = { target, known };
    const made = pairedNumber(prepared, values, table.direction, countsOf(evidence, slice), resampled, options);
    return { ...made, method: made.method + howTaken(evidence, plan, text, slice) };
  };
  const record = (slice: number): Record<string, PairedNumber> =>
    Object.fromEntries(shown.map((text) => [text, number(text, slice)]));
  const hasCost = input.showCost && plan.metrics.some(({ request }) => request.text === "cost");
  const costs = slices.map((_, s) => (hasCost ? number("cost", s) : null));
  const withCost = (numbers: Record<string, PairedNumber>, cost: PairedNumber | null): Record<string, PairedNumber> =>
    cost === null ? numbers : { ...numbers, cost };
  return {
    overall: withCost(record(last), hasCost ? number("cost", last) : null),
    bySlice: slices.map((_, s) => withCost(record(s), costs[s]!)),
    cost: costs,
  };
}

function sliceResult(
  input: VerdictInput,
  decision: Decision,
  numbers: NumberTables,
  slice: Slice,
  s: number,
): SliceResult {
  const counts = countsOf(input.evidence, s);
  const total = countsOf(input.evidence, input.slices.length);
  const decided = decision.slices[s]!;
  return {
    name: slice.name,
    entry: slice.entry,
    kind: slice.kind,
    where: input.sliceDocuments[s] ?? null,
    weight: slice.weight,
    blocking: slice.blocking,
    margin: slice.margin,
    ...counts,
    share: total.rows > 0 ? counts.rows / total.rows : 0,
    metrics: numbers.bySlice[s]!,
    cost: numbers.cost[s]!,
    outcome: decided.outcome,
    reason: decided.reason,
    flags: decided.flags,
  };
}

function baselineResults(
  input: VerdictInput,
  decision: Decision,
  prepared: Prepared,
  tables: ReadonlyMap<string, FoldValues>,
  shown: readonly string[],
): BaselineResult[] {
  const counts = countsOf(input.evidence, input.slices.length);
  return decision.baselines.map(({ name, score, outcome }, index) => ({
    name,
    score,
    metrics: Object.fromEntries(
      shown.map((text) => {
        const table = tables.get(text)!;
        const options = { against: index + 2, target: targetOf(input.plan, text) };
        return [text, pairedNumber(prepared, table.overall, table.direction, counts, true, options)];
      }),
    ),
    outcome,
  }));
}

function targetOf(plan: EvaluationPlan, text: string): number | undefined {
  return plan.metrics.find(({ request }) => request.text === text)?.metric.target;
}
