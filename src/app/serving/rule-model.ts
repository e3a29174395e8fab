import { createHash } from "node:crypto";
import { conditionPredicate } from "../../core/slices/condition-predicate.ts";
import { type Condition, conditionColumns } from "../../core/slices/condition.ts";
import type { FeatureRecord } from "../../core/serving/feature-record.ts";
import { decodeRecords } from "../../core/serving/decode-records.ts";
import { RequestFailure } from "../../core/serving/feature-record.ts";
import type { Tensor } from "../../core/serving/tensor.ts";
import type {
  Answer,
  ConstantServingSource,
  RuleServingSource,
  ServingModel,
  ServingRule,
} from "../ports/serving-runtime.ts";

/** A rule written by hand, or a constant: answers by the conditions of the policy, without a model file. */
export function createRuleModel(source: RuleServingSource | ConstantServingSource): ServingModel {
  const rule: ServingRule = source.kind === "rule" ? source.rule : source.value;
  const decide = compile(rule);
  const columns = source.kind === "rule" ? ruleColumns(rule) : [];
  const text = leaves(rule).some((leaf) => typeof leaf === "string");
  const recordsOf = (rows: Parameters<ServingModel["predict"]>[0]): readonly FeatureRecord[] => {
    const records = rows.records ?? (rows.tensors === undefined ? null : decodeRecords([], rows.tensors));
    if (records !== null) return records;
    if (columns.length === 0) return Array.from({ length: rows.count }, () => ({}));
    throw new RequestFailure(`the rule reads ${columns.join(", ")}, and the tensors do not hold columns by name`);
  };
  const predict = (rows: Parameters<ServingModel["predict"]>[0]): Answer => {
    const values = recordsOf(rows).map(decide);
    const shape = [values.length, 1];
    if (text) {
      const texts = values.map(String);
      const output: Tensor = { name: "prediction", datatype: "BYTES", shape, data: texts };
      return { outputs: [output], scores: new Float64Array(values.length).fill(Number.NaN), width: 1, texts };
    }
    const scores = Float64Array.from(values, Number);
    return { outputs: [{ name: "prediction", datatype: "FP64", shape, data: scores }], scores, width: 1 };
  };
  return {
    kind: source.kind,
    platform: `umpire_${source.kind}`,
    digest: createHash("sha256").update(JSON.stringify(source)).digest("hex"),
    inputs: columns.map((name) => ({
      name,
      datatype: comparesNumbers(rule, name) ? "FP64" : "BYTES",
      shape: [-1, 1],
    })),
    outputs: [{ name: "prediction", datatype: text ? "BYTES" : "FP64", shape: [-1, 1] }],
    score: { output: "prediction", column: 0 },
    columns,
    placement: "main thread: a rule",
    encode: (records) => columns.map((name) => recordTensor(name, records)),
    decode: (tensors) => decodeRecords([], tensors),
    predict: async (rows, { signal }) => {
      signal?.throwIfAborted();
      return predict(rows);
    },
    close: async () => {},
  };
}

function compile(rule: ServingRule): (record: FeatureRecord) => number | string {
  if (typeof rule !== "object") return () => rule;
  const when = conditionPredicate(rule.when);
  const yes = compile(rule.yes);
  const no = compile(rule.no);
  return (record) => (when(record) ? yes(record) : no(record));
}

function leaves(rule: ServingRule): (number | string)[] {
  return typeof rule === "object" ? [...leaves(rule.yes), ...leaves(rule.no)] : [rule];
}

function ruleColumns(rule: ServingRule): string[] {
  if (typeof rule !== "object") return [];
  return [...new Set([...conditionColumns(rule.when), ...ruleColumns(rule.yes), ...ruleColumns(rule.no)])];
}

/** True where a rule compares the column with numbers: a request's text would never be equal to one. */
function comparesNumbers(rule: ServingRule, column: string): boolean {
  if (typeof rule !== "object") return false;
  const inCondition = (condition: Condition): boolean => {
    if (condition.kind === "all" || condition.kind === "any") return condition.of.some(inCondition);
    if (condition.kind === "not") return inCondition(condition.of);
    if (condition.column !== column || condition.kind === "null") return false;
    return condition.kind !== "is"
      ? !isTimeRange(condition)
      : condition.values.some((value) => typeof value === "number");
  };
  return inCondition(rule.when) || comparesNumbers(rule.yes, column) || comparesNumbers(rule.no, column);
}

function isTimeRange(condition: Condition): boolean {
  return condition.kind === "clock" || (condition.kind === "range" && condition.time === true);
}

/** Numbers stay numbers, so that the way back through `decode` gives the same record. */
function recordTensor(name: string, records: readonly FeatureRecord[]): Tensor {
  const values = records.map((record) => record[name]);
  const shape = [values.length, 1];
  if (values.every((value) => value === null || value === undefined || typeof value === "number")) {
    const data = Float64Array.from(values, (value) => (typeof value === "number" ? value : Number.NaN));
    return { name, datatype: "FP64", shape, data };
  }
  return { name, datatype: "BYTES", shape, data: values.map((value) => (value == null ? "" : String(value))) };
}
