import type { MomentMetric, TaskFacts } from "../metrics/metric.ts";
import { FOLDS } from "./draws.ts";
import type { DirectTable, Evidence } from "./evidence.ts";
import type { FoldValues, SliceFoldValues } from "./fold-values.ts";
import { momentName, type EvaluationPlan } from "./plan.ts";

/**
 * The deciding form of one metric, taken from evidence.
 * @param factsOf costs may differ per slice; index `sliceNames.length` is all rows
 * @param form "to judge" turns metrics with a `target` (bias) into their distance from it; "as is" leaves them
 */
export function foldValuesOf(
  evidence: Evidence,
  plan: EvaluationPlan,
  metricText: string,
  factsOf: (slice: number) => TaskFacts = () => plan.facts,
  form: "to judge" | "as is" = "to judge",
): FoldValues {
  const found = plan.metrics.find(({ request }) => request.text === metricText)!;
  const { metric, request } = found;
  const slices = evidence.sliceNames.length;
  const target = form === "to judge" ? metric.target : undefined;
  const of = (slice: number): SliceFoldValues => {
    if (metric.shape !== "moments") return fromDirect(evidence.direct.get(metricText)!, slice, metric.undefinedWhen);
    return distanceFromTarget(target, fromMoments(evidence, metric, request, slice, factsOf(slice)));
  };
  const raw = evidence.histograms.map(({ unit }) => metric.needs.includes("probability") && !unit);
  const at = (slice: number): SliceFoldValues => withoutRawScores(of(slice), raw);
  return {
    metric: metricText,
    direction: metric.direction,
    models: evidence.models,
    slices: Array.from({ length: slices }, (_, slice) => at(slice)),
    overall: at(slices),
  };
}

function fromMoments(
  evidence: Evidence,
  metric: MomentMetric,
  request: Parameters<MomentMetric["value"]>[1],
  slice: number,
  facts: TaskFacts,
): SliceFoldValues {
  const names = metric.moments(request, facts);
  const { names: all, sums } = evidence.moments;
  const width = all.length;
  const start = slice * FOLDS * width;
  const weightAt = all.indexOf(momentName(0, names[metric.weightMoment ?? 0]!));
  const folds: number[] = [];
  for (let fold = 0; fold < FOLDS; fold++) if (sums[start + fold * width + weightAt]! > 0) folds.push(fold);
  const weight = Float64Array.from(folds, (fold) => sums[start + fold * width + weightAt]!);
  const values: (number | null)[] = [];
  const modelSums = evidence.models.map((_, model) => {
    const columns = names.map((name) => all.indexOf(momentName(model, name)));
    const cell = (fold: number, k: number): number => sums[start + fold * width + columns[k]!]!;
    const total = columns.map((_column, k) => folds.reduce((sum, fold) => sum + cell(fold, k), 0));
    const value = folds.length === 0 ? Number.NaN : metric.value(total, request, facts);
    values.push(Number.isFinite(value) ? value : null);
    if (!Number.isFinite(value)) return new Float64Array(folds.length);
    const gradient = new Float64Array(names.length);
    metric.gradient(total, gradient, request, facts);
    const totalWeight = weight.reduce((sum, w) => sum + w, 0);
    return Float64Array.from(folds, (fold, f) => {
      let influence = 0;
      for (let k = 0; k < columns.length; k++) influence += gradient[k]! * cell(fold, k);
      return weight[f]! * value + totalWeight * influence;
    });
  });
  return {
    folds: Uint8Array.from(folds),
    weight,
    sums: modelSums,
    values,
    reasons: values.map((value) => (value === null ? whyNone(metric, folds.length > 0) : null)),
  };
}

/** Where there are rows, a mean over rows of probabilities lacks nothing but the probabilities. */
function whyNone(metric: MomentMetric, anyRows: boolean): string {
  const onlyRows = metric.undefinedWhen === "there are no rows";
  return anyRows && onlyRows && metric.needs.includes("probability") ? NO_PROBABILITIES : metric.undefinedWhen;
}

function fromDirect(table: DirectTable, slice: number, undefinedWhen: string): SliceFoldValues {
  const start = slice * FOLDS;
  const folds: number[] = [];
  for (let fold = 0; fold < FOLDS; fold++) if (table.weights[start + fold]! > 0) folds.push(fold);
  const weight = Float64Array.from(folds, (fold) => table.weights[start + fold]!);
  const sums = table.sums.map((model) => Float64Array.from(folds, (fold) => model[start + fold]!));
  const values = table.values.map((model) => (Number.isFinite(model[slice]!) ? model[slice]! : null));
  const reasons = values.map((value) => (value === null ? undefinedWhen : null));
  return { folds: Uint8Array.from(folds), weight, sums, values, reasons };
}

const NO_PROBABILITIES = "the model names classes and gives no probabilities";
const NOT_PROBABILITIES = "its scores lie outside 0 to 1, so they are no probabilities";

/** Takes back the values of models whose raw scores a metric would have read as probabilities. */
function withoutRawScores(values: SliceFoldValues, raw: readonly boolean[]): SliceFoldValues {
  if (!raw.includes(true)) return values;
  return {
    ...values,
    sums: values.sums.map((sums, model) => (raw[model] === true ? new Float64Array(sums.length) : sums)),
    values: values.values.map((value, model) => (raw[model] === true ? null : value)),
    reasons: values.reasons.map((reason, model) => (raw[model] === true ? NOT_PROBABILITIES : reason)),
  };
}

/** |value - target| with its fold sums: the sign of (value - target) times the sums less target x weight. */
function distanceFromTarget(target: number | undefined, values: SliceFoldValues): SliceFoldValues {
  if (target === undefined) return values;
  const signs = values.values.map((value) => (value === null || value >= target ? 1 : -1));
  return {
    ...values,
    values: values.values.map((value) => (value === null ? null : Math.abs(value - target))),
    sums: values.sums.map((sums, model) => sums.map((sum, f) => signs[model]! * (sum - target * values.weight[f]!))),
  };
}
