import { describe, expect, it } from "vitest";
import { Failure } from "../failures.ts";
import { createRandom } from "../statistics/random.ts";
import { exampleOf, findMetric, metrics } from "./catalog.ts";
import type { Task } from "./metric.ts";
import { registered, samplers, valueOf } from "./metric-samples.ts";
import { otherNames } from "./other-names.ts";

function refusal(text: string, task: Task): Failure {
  try {
    findMetric(text, task);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error(`${text} was accepted`);
}

describe("the metric catalogue", () => {
  it("holds every name of the policy contract, each in its task", () => {
    const names: Record<Task, string> = {
      binary:
        "roc_auc average_precision log_loss brier ece ks accuracy balanced_accuracy precision recall specificity f1 f_beta mcc lift cost",
      multiclass:
        "accuracy balanced_accuracy top_k macro_f1 macro_precision macro_recall micro_f1 micro_precision micro_recall weighted_f1 weighted_precision weighted_recall mcc log_loss brier ece roc_auc_ovr",
      regression: "mae rmse mape smape mdae bias r2 quantile_loss mase",
      ranking: "map ndcg ndcg_exp recall precision mrr hit_rate coverage list_auc",
    };
    for (const task of ["binary", "multiclass", "regression", "ranking"] as const) {
      const registered = metrics.filter((metric) => metric.tasks.includes(task)).map((metric) => metric.name);
      expect(registered).toEqual(names[task].split(" "));
    }
  });

  it("accepts its own examples, with and without an optional parameter", () => {
    for (const metric of metrics) {
      for (const task of metric.tasks) {
        expect(findMetric(exampleOf(metric), task).metric).toBe(metric);
        if (metric.parameter === undefined) continue;
        const text = `${metric.name}@${metric.parameter.example}`;
        expect(findMetric(text, task)).toEqual({
          metric,
          request: { text, parameter: Number(metric.parameter.example) },
        });
      }
    }
  });

  it("tells the same name of two tasks apart", () => {
    expect(findMetric("recall", "binary").metric.shape).toBe("moments");
    expect(findMetric("recall@10", "ranking").metric.shape).toBe("list");
  });

  it("refuses an unknown name with the nearest ones of the task, written so that they work", () => {
    const failure = refusal("ndgc@10", "ranking");
    expect(failure.code).toBe("POLICY");
    expect(failure.message).toBe('there is no metric called "ndgc@10"');
    expect(failure.mend[0]).toBe("nearest: ndcg");
    expect(failure.mend[1]).toContain("map, ndcg, ndcg_exp, recall@10");
    expect(refusal("auc", "binary").mend[0]).toMatch(/^nearest: roc_auc,/);
    expect(refusal("mse", "regression").mend[0]).toMatch(/^nearest: rmse,/);
  });

  it("refuses a metric of another task and says whose it is", () => {
    const failure = refusal("roc_auc", "multiclass");
    expect(failure.message).toBe('the metric "roc_auc" is for binary tasks; the task here is multiclass');
    expect(failure.mend[0]).toBe("nearest: roc_auc_ovr");
    expect(refusal("accuracy", "ranking").message).toContain("is for binary and multiclass tasks");
  });

  it("refuses a missing parameter and says what to write", () => {
    const failure = refusal("recall", "ranking");
    expect(failure.message).toBe('the metric "recall" of a ranking task needs its k after an @');
    expect(failure.mend).toEqual(["write recall@10; k is a whole number from 1: how many of the best are looked at"]);
  });

  it("refuses a parameter that is not wanted or out of bounds", () => {
    expect(refusal("recall@10", "binary").mend).toEqual(["write recall"]);
    for (const text of ["ndcg@0", "ndcg@1.5", "ndcg@-1", "ndcg@", "ndcg@1@2", "ndcg@1e3", "ndcg@0x10", "ndcg@ten"]) {
      expect(refusal(text, "ranking").message).toContain("it must be a whole number from 1");
    }
    for (const text of ["lift@0", "lift@101"]) {
      expect(refusal(text, "binary").message).toContain("it must be a share of the rows above 0 and up to 1");
    }
    for (const text of ["quantile_loss@1", "quantile_loss@0", "mase@0.5"]) {
      expect(refusal(text, "regression").mend[0]).toMatch(/^write for example /);
    }
  });

  it("knows what other tools call its metrics", () => {
    const names = metrics.map((metric) => metric.name);
    for (const ours of otherNames.values()) expect(names).toEqual(expect.arrayContaining([...ours]));
  });

  it.each(registered)("has no value, and no exception, on no rows at all: $text of a $task task", ({ text, task }) => {
    expect(valueOf(text, task, samplers[task].draw(createRandom(1), 0, false))).toBeNaN();
  });
});
