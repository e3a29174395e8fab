import { describe, expect, it } from "vitest";
import { metrics } from "./catalog.ts";
import fixture from "./evaluate-metric.fixture.json" with { type: "json" };
import { evaluateMetric } from "./evaluate-metric.ts";
import type { Task, TaskFacts } from "./metric.ts";
import { binaryBlock, type ListRow, multiclassBlock, rankingBlock, regressionBlock } from "./plain-blocks.ts";
import { naiveError } from "./regression/naive-error.ts";

interface Case {
  readonly task: Task;
  readonly name: string;
  readonly label: (number | null)[];
  readonly score: number[];
  readonly threshold: number;
  readonly costs: { readonly falsePositive: number; readonly falseNegative: number };
  readonly probabilities: number[][];
  readonly train: number[];
  readonly lists: ListRow[][];
  readonly values: Readonly<Record<string, number | null>>;
}

const cases = fixture as unknown as readonly Case[];

function blockOf(each: Case) {
  if (each.task === "binary") return binaryBlock(each.label, each.score, each.threshold);
  if (each.task === "multiclass") return multiclassBlock(each.label, each.probabilities);
  if (each.task === "regression") return regressionBlock(each.label, each.score);
  return rankingBlock(each.lists);
}

function factsOf(each: Case): TaskFacts {
  return {
    task: each.task,
    classes: each.probabilities?.[0]?.map((_, code) => String(code)) ?? [],
    costs: each.costs ?? null,
    naiveError: new Map((each.train ? [1, 7] : []).map((period) => [period, naiveError(each.train, period)])),
  };
}

/** The case with rows of a null label (and a wild score) between its own. */
function withNulls(each: Case): Case {
  const spread = <T>(values: readonly T[] | undefined, filler: T): T[] => values?.flatMap((v) => [filler, v]) ?? [];
  return {
    ...each,
    label: spread(each.label, null),
    score: spread(each.score, 0.987),
    probabilities: each.probabilities && spread(each.probabilities, each.probabilities[0]!),
    lists: each.lists?.map((list) => [...list, [9999, null, 99] as const]),
  };
}

/** What differs from the fixture by more than rounding, in words. */
function differences(each: Case): string[] {
  return Object.entries(each.values).flatMap(([metric, expected]) => {
    const { value } = evaluateMetric(metric, blockOf(each), factsOf(each));
    const same =
      expected === null ? Number.isNaN(value) : Math.abs(value - expected) < 1e-11 * Math.max(1, Math.abs(expected));
    return same ? [] : [`${each.name}: ${metric} is ${value}, not ${expected}`];
  });
}

describe.each(["binary", "multiclass", "regression", "ranking"] as const)("metrics of a %s task", (task) => {
  const ofTask = cases.filter((each) => each.task === task);

  it.each(ofTask)("agree with scikit-learn, scipy and trec_eval on: $name", (each) => {
    expect(differences(each)).toEqual([]);
  });

  it("leave rows with a null label out", () => {
    expect(ofTask.map(withNulls).flatMap(differences)).toEqual([]);
  });

  it("are all in the fixture", () => {
    const measured = new Set(ofTask.flatMap((each) => Object.keys(each.values).map((text) => text.split("@")[0])));
    const registered = metrics.filter((metric) => metric.tasks.includes(task)).map((metric) => metric.name);
    expect(measured).toEqual(new Set(registered));
  });
});
