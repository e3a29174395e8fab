import { findMetric } from "../../core/metrics/catalog.ts";
import { nearest } from "../../core/nearest.ts";
import type { SourceProblem } from "../yaml-source.ts";
import type { BaselineEntry, Policy } from "./policy.ts";
import type { PolicyFile } from "./policy-file.ts";

const FITTED: readonly BaselineEntry["baseline"]["kind"][] = [
  "majority",
  "prior",
  "mean",
  "median",
  "linear",
  "logistic",
];
const BY_TIME: readonly BaselineEntry["baseline"]["kind"][] = ["last", "seasonal_last"];

/** What only shows when the parts of a policy are looked at together. */
export function wholePolicyProblems(policy: Policy, file: PolicyFile): SourceProblem[] {
  return [
    ...taskProblems(policy, file),
    ...metricProblems(policy, file),
    ...baselineProblems(policy),
    ...modelProblems(policy),
    ...weightProblems(policy),
  ];
}

function taskProblems(policy: Policy, file: PolicyFile): SourceProblem[] {
  const { task, columns } = policy;
  const problems: SourceProblem[] = [];
  if (task === "ranking" && columns.group.length === 0 && policy.aggregate === null) {
    problems.push({
      path: ["columns"],
      message: "group is missing: a ranking needs the column that names a list",
      mend: ["for example: group: request_id"],
    });
  }
  const binaryOnly = [file.threshold !== undefined && "threshold", file.costs !== undefined && "costs"].filter(
    (key) => key !== false,
  );
  for (const key of task === "binary" ? [] : binaryOnly) {
    problems.push({ path: [key], message: `is for binary tasks; the task is ${task}`, mend: [`drop ${key}`] });
  }
  if (file.positive !== undefined && task !== "binary" && task !== "ranking") {
    problems.push({
      path: ["positive"],
      message: `is for binary and ranking tasks; the task is ${task}`,
      mend: ["drop positive"],
    });
  }
  if (task !== "binary") {
    for (const entry of policy.slices) {
      if (entry.costs === undefined) continue;
      problems.push({ path: ["slices", entry.name, "costs"], message: `is for binary tasks; the task is ${task}` });
    }
  }
  const noneToBeat = policy.models.champion === null && !policy.baselines.some(isModel);
  if (noneToBeat) {
    problems.push({
      path: ["models"],
      message: "there is no champion, and no baseline that could stand in for it",
      mend: [
        "add champion: { column: NAME } beside challenger",
        "or a baseline, such as baselines: { chance: { random: 7 } }",
      ],
    });
  }
  return problems;
}

/** A code or a filling for a column that the model does not read does nothing: a slip. */
function modelProblems(policy: Policy): SourceProblem[] {
  return (["champion", "challenger"] as const).flatMap((seat): SourceProblem[] => {
    const model = policy.models[seat];
    if (model?.kind !== "onnx" || model.features === undefined) return [];
    const { features, encode, missing } = model;
    const named = {
      encode: Object.keys(encode ?? {}),
      missing: typeof missing === "object" ? Object.keys(missing) : [],
    };
    return (["encode", "missing"] as const).flatMap((key) =>
      named[key]
        .filter((column) => !features.includes(column))
        .map((column) => ({
          path: ["models", seat, key],
          key: column,
          message: `"${column}" is not among the features of the model`,
          mend: [`features: ${nearest(column, features).join(", ") || features.join(", ")}`],
        })),
    );
  });
}

/** A known figure has no scores, so it cannot stand in for a champion. */
function isModel(entry: BaselineEntry): boolean {
  return entry.baseline.kind !== "value";
}

const NEEDS: Readonly<Record<string, { has(policy: Policy): boolean; mend: string }>> = {
  costs: {
    has: (policy) => policy.costs !== null,
    mend: "say what mistakes cost: costs: { false_positive: 1, false_negative: 8 }",
  },
  time: { has: (policy) => policy.columns.time !== null, mend: "name the time under columns: time: COLUMN" },
  item: { has: (policy) => policy.columns.item !== null, mend: "name the item under columns: item: COLUMN" },
  train: { has: (policy) => policy.data.train !== null, mend: "name training data under data: train: FILE" },
};

function metricProblems(policy: Policy, file: PolicyFile): SourceProblem[] {
  return policy.metrics.flatMap((text, index) => {
    const { metric } = findMetric(text, policy.task);
    const path = Array.isArray(file.metrics) ? ["metrics", index] : ["metrics"];
    return metric.needs.flatMap((need) => {
      const rule = NEEDS[need];
      if (rule === undefined || rule.has(policy)) return [];
      return [{ path, message: `${text} needs ${need}, which the policy does not give`, mend: [rule.mend] }];
    });
  });
}

function baselineProblems(policy: Policy): SourceProblem[] {
  const { task } = policy;
  return policy.baselines.flatMap(({ name, baseline }): SourceProblem[] => {
    const path = ["baselines", name];
    const { kind } = baseline;
    const fitted = FITTED.includes(kind) || (kind === "threshold" && baseline.at === null);
    if (fitted && policy.data.train === null) {
      return [
        {
          path,
          message: `${kind} is fitted on training data, which the policy does not name`,
          mend: [
            kind === "threshold"
              ? "give the cut: at: NUMBER, or name data: train: FILE"
              : "name it under data: train: FILE",
          ],
        },
      ];
    }
    if (BY_TIME.includes(kind) && policy.columns.time === null) {
      return [
        { path, message: `${kind} needs to know which column is the time`, mend: ["under columns: time: COLUMN"] },
      ];
    }
    const beyond = kind === "value" ? outOfRange(policy, baseline.value) : null;
    if (beyond !== null) return [{ path: [...path, "value"], message: beyond }];
    const fits = BASELINE_TASKS[kind];
    if (fits !== undefined && !fits.includes(task)) {
      return [{ path, message: `${kind} is for ${fits.join(" and ")} tasks; the task is ${task}` }];
    }
    return [];
  });
}

/** A known figure that the deciding metric can never have, such as 93 for 0.93. */
function outOfRange(policy: Policy, value: number): string | null {
  const text = policy.metrics[0]!;
  const [low, high] = findMetric(text, policy.task).metric.range;
  if (value >= low && value <= high) return null;
  return `is ${value}; it is a figure of ${text}, the first metric, which lies from ${low} to ${high}`;
}

const BASELINE_TASKS: Readonly<Partial<Record<BaselineEntry["baseline"]["kind"], readonly Policy["task"][]>>> = {
  majority: ["binary", "multiclass"],
  prior: ["binary", "multiclass"],
  median: ["regression", "binary"],
  mean: ["regression", "binary"],
  linear: ["regression", "ranking", "binary"],
  logistic: ["binary", "multiclass", "ranking"],
  seasonal_last: ["regression", "binary"],
  last: ["regression", "binary", "multiclass"],
};

function weightProblems(policy: Policy): SourceProblem[] {
  if (policy.slices.length === 0 || policy.slices.some((entry) => entry.weight > 0)) return [];
  return [
    {
      path: ["slices"],
      message: "every weight is 0, so nothing counts",
      mend: ["give the slice that matters most weight: 1"],
    },
  ];
}
