import type { Baseline } from "../../schemas/policy/policy.ts";
import type { ColumnRequest } from "../ports/table-reader.ts";
import type { BaselineSetting } from "./baseline-setting.ts";
import { meanOf, trainOf, wrongTask } from "./baseline-setting.ts";
import { chanceSource } from "./chance-source.ts";
import { cutSource, regressionSource } from "./fitted-source.ts";
import { lastValueSource } from "./last-value-source.ts";
import { columnSource, fingerprintOf } from "./model-source.ts";
import { rowKeys } from "./row-keys.ts";
import type { ScoreSource } from "./score-source.ts";
import { inClassOrder } from "./score-source.ts";

/**
 * A baseline of the policy, fitted and ready to answer; null for a known figure (`value`), which has no scores.
 * @throws Failure POLICY where training data are needed and none are named, or where it does not fit the task
 */
export async function baselineSource(
  name: string,
  baseline: Baseline,
  setting: BaselineSetting,
): Promise<ScoreSource | null> {
  switch (baseline.kind) {
    case "value":
      return null;
    case "column":
      return columnSource(name, baseline.column, setting);
    case "random":
      return chanceSource(name, baseline, setting);
    case "majority":
    case "prior":
      return shareSource(name, baseline.kind, setting);
    case "mean":
    case "median":
      return typicalSource(name, baseline, setting);
    case "last":
    case "seasonal_last":
      return lastValueSource(name, baseline, setting);
    case "threshold":
      return cutSource(name, baseline, setting);
    case "linear":
    case "logistic":
      return regressionSource(name, baseline, setting);
  }
}

/** The most frequent class, or the class shares, of the training labels: one answer for every row. */
async function shareSource(name: string, kind: "majority" | "prior", setting: BaselineSetting): Promise<ScoreSource> {
  if (setting.task !== "binary" && setting.task !== "multiclass")
    throw wrongTask(name, kind, "binary and multiclass", setting);
  const train = await trainOf(name, setting, []);
  const classes = setting.task === "binary" ? ["0", "1"] : train.classes;
  const shares = new Float64Array(classes.length);
  for (const label of train.label) shares[label]! += 1 / train.label.length;
  if (kind === "majority") {
    const most = shares.indexOf(Math.max(...shares));
    shares.fill(0);
    shares[most] = 1;
  }
  return {
    name,
    needs: [],
    fingerprint: fingerprintOf({ kind, shares: [...shares] }),
    ...(setting.task === "multiclass" ? { classes } : {}),
    score: async (table, all) => {
      if (setting.task === "binary") return { width: 1, values: new Float64Array(table.rows).fill(shares[1]!) };
      const values = new Float64Array(table.rows * shares.length);
      for (let at = 0; at < values.length; at += shares.length) values.set(shares, at);
      return inClassOrder({ width: shares.length, values }, classes, all);
    },
    close: async () => {},
  };
}

/** Mean or median label of the training rows, overall or per value of `by`; a value not seen gets the overall one. */
async function typicalSource(
  name: string,
  baseline: Extract<Baseline, { kind: "mean" | "median" }>,
  setting: BaselineSetting,
): Promise<ScoreSource> {
  if (setting.task === "multiclass") throw wrongTask(name, baseline.kind, "regression, ranking and binary", setting);
  const needs = baseline.by.map((column): ColumnRequest => ({ name: column, as: "auto" }));
  const train = await trainOf(name, setting, needs);
  const typical = baseline.kind === "mean" ? meanOf : medianOf;
  const overall = typical(Array.from(train.label));
  const groups = new Map<string, number[]>();
  if (baseline.by.length > 0) {
    const keyOf = rowKeys(train.table, baseline.by);
    for (let row = 0; row < train.label.length; row++) {
      const key = keyOf(row);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [train.label[row]!]);
      else group.push(train.label[row]!);
    }
  }
  const values = new Map(Array.from(groups, ([key, labels]) => [key, typical(labels)]));
  return {
    name,
    needs,
    fingerprint: fingerprintOf({ ...baseline, overall, values: [...values] }),
    score: async (table) => {
      const out = new Float64Array(table.rows).fill(overall);
      if (baseline.by.length === 0) return { width: 1, values: out };
      const keyOf = rowKeys(table, baseline.by);
      for (let row = 0; row < out.length; row++) out[row] = values.get(keyOf(row)) ?? overall;
      return { width: 1, values: out };
    },
    close: async () => {},
  };
}

function medianOf(values: number[]): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
