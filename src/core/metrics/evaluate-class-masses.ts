import { InternalError } from "../failures.ts";
import { findMetric } from "./catalog.ts";
import type { MetricRequest, MomentMetric, RankMetric, TaskFacts } from "./metric.ts";
import { fillMoment } from "./moments.ts";
import { rankGroups } from "./rank-groups.ts";
import { total } from "./totals.ts";

/** Rows of several classes, each of which may count partly as every class: a weighted label, or a probability in its place. */
export interface ClassMassBlock {
  readonly n: number;
  /** Number of classes. */
  readonly width: number;
  readonly predicted: Int32Array;
  /** What the model said, row-major; empty where it names classes alone (for metrics that do not need it). */
  readonly probabilities: Float64Array;
  /** How much of the row is of the class, row-major. */
  readonly mass: Float64Array;
}

export interface ClassMassValue {
  /** NaN where the metric is not defined. */
  readonly value: number;
  /** All mass. */
  readonly total: number;
  /** Influence of a unit of mass of a row as a class, row-major: the value moves by influence / total. */
  readonly influence: Float64Array;
}

/** A metric of the catalogue on rows whose labels are masses over the classes. @throws Failure POLICY as {@link findMetric} does */
export function evaluateClassMasses(text: string, block: ClassMassBlock, facts: TaskFacts): ClassMassValue {
  const { metric, request } = findMetric(text, "multiclass");
  if (metric.shape === "moments") return massMoments(metric, request, block, facts);
  if (metric.shape === "rank") return massRank(metric, request, block);
  throw new InternalError(`the metric ${text} has the shape ${metric.shape}, which a multiclass task does not have`);
}

function massMoments(
  metric: MomentMetric,
  request: MetricRequest,
  block: ClassMassBlock,
  facts: TaskFacts,
): ClassMassValue {
  const { n, width, mass } = block;
  const names = metric.moments(request, facts);
  const sums = Float64Array.from(names, (name) => {
    let sum = 0;
    eachMoment(name, block, (at, moment) => (sum += mass[at]! * moment));
    return sum;
  });
  const all = total(mass.subarray(0, n * width));
  const gradient = new Float64Array(names.length);
  metric.gradient(sums, gradient, request, facts);
  const influence = new Float64Array(n * width);
  names.forEach((name, m) => {
    const slope = all * gradient[m]!;
    eachMoment(name, block, (at, moment) => (influence[at]! += slope * moment));
  });
  return { value: metric.value(sums, request, facts), total: all, influence };
}

/** Tells each row's moment for every class that its label could be; those of classes alone without going through all of them. */
function eachMoment(name: string, block: ClassMassBlock, tell: (at: number, moment: number) => void): void {
  const { n, width, predicted, probabilities } = block;
  const [base, code = ""] = name.split(":");
  const c = Number(code);
  switch (base) {
    case "class_label":
      for (let i = 0; i < n; i++) tell(i * width + c, 1);
      return;
    case "class_tp":
      for (let i = 0; i < n; i++) if (predicted[i] === c) tell(i * width + c, 1);
      return;
    case "class_predicted":
      for (let i = 0; i < n; i++) if (predicted[i] === c) for (let k = 0; k < width; k++) tell(i * width + k, 1);
      return;
    default: {
      const out = new Float64Array(n);
      const label = new Int32Array(n);
      for (let k = 0; k < width; k++) {
        label.fill(k);
        fillMoment(name, { task: "multiclass", n, label, predicted, probabilities, width }, out);
        for (let i = 0; i < n; i++) tell(i * width + k, out[i]!);
      }
    }
  }
}

/** One class against the rest, averaged over those that have a value. */
function massRank(metric: RankMetric, request: MetricRequest, block: ClassMassBlock): ClassMassValue {
  const { n, width, mass, probabilities } = block;
  const ofRow = Float64Array.from({ length: n }, (_, i) => total(mass.subarray(i * width, (i + 1) * width)));
  const influence = new Float64Array(n * width);
  let sum = 0;
  let defined = 0;
  for (let c = 0; c < width; c++) {
    const { group, positives, negatives } = rankGroups(
      Float64Array.from({ length: n }, (_, i) => probabilities[i * width + c]!),
      () => true,
    );
    positives.fill(0);
    negatives.fill(0);
    for (let i = 0; i < n; i++) {
      positives[group[i]!]! += mass[i * width + c]!;
      negatives[group[i]!]! += ofRow[i]! - mass[i * width + c]!;
    }
    const found = metric.evaluate(positives, negatives, request, true);
    if (Number.isNaN(found.value)) continue;
    sum += found.value;
    defined++;
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < width; k++) {
        influence[i * width + k]! += (k === c ? found.positive! : found.negative!)[group[i]!]!;
      }
    }
  }
  if (defined === 0) return { value: Number.NaN, total: total(ofRow), influence: influence.fill(Number.NaN) };
  return { value: sum / defined, total: total(ofRow), influence: influence.map((each) => each / defined) };
}
