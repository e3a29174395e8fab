import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { sharedData } from "../../../test/shared-data.ts";
import { Failure } from "../../core/failures.ts";
import { parsePolicy } from "./parse-policy.ts";
import type { Policy } from "./policy.ts";
import { policyFingerprint } from "./policy-fingerprint.ts";

const smallest = `task: binary
data: { test: test.csv }
columns: { label: y }
models:
  champion: { column: old }
  challenger: { column: new }
`;
const read = (text: string): Policy => parsePolicy(text, "umpire.yaml").policy;
const withLines = (...lines: string[]): string => `${smallest}${lines.join("\n")}\n`;

/** All problems of a policy, as `line:column message | mend`. */
function problemsOf(text: string): string[] {
  try {
    parsePolicy(text, "umpire.yaml");
    return [];
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return [error, ...error.others].map((one) =>
      [`${one.where?.replace("umpire.yaml:", "") ?? ""} ${one.message}`, ...(one.mend ?? [])].join(" | "),
    );
  }
}

test("the smallest useful policy is task, data.test, columns.label and two models", () => {
  const policy = read(smallest);
  expect(policy).toMatchObject({
    model: "model",
    columns: { label: "y", unit: { columns: [], source: "row" } },
    models: { champion: { kind: "column", column: "old" }, challenger: { kind: "column", column: "new" } },
    metrics: ["roc_auc", "average_precision", "log_loss"],
    slices: [],
    gate: { score: "better", margin: 0, confidence: 0.95, baselines: "better", expected: null, minUnits: 30 },
    threshold: { kind: "fixed", value: 0.5 },
    seed: 1,
  });
});

test.skipIf(sharedData("../film-ranker.yaml") === null)("the policy of the design works as it is written", () => {
  const policy = read(readFileSync(sharedData("../film-ranker.yaml")!, "utf8"));
  expect(policy.slices.map((entry) => `${entry.name}: ${entry.form.kind}`)).toEqual([
    "low activity: where",
    "rare films: where",
    "young women: where",
    "activity: each",
    "activity by popularity: cross",
    "last week: last",
  ]);
  expect(policy.columns.unit).toEqual({ columns: ["user_id"], source: "policy" });
  expect(policy.slices[2]!.form).toEqual({
    kind: "where",
    where: {
      kind: "all",
      of: [
        { kind: "is", column: "gender", values: ["F"] },
        { kind: "range", column: "user_age", range: { from: 18, below: 30 } },
      ],
    },
  });
});

test("an unknown key is refused at its line and column with the nearest one", () => {
  expect(problemsOf(withLines("gate: { confidense: 0.9 }"))).toEqual([
    '7:9 gate: has no key "confidense" | nearest: confidence',
  ]);
  expect(problemsOf(`modle: x\n${smallest}`)).toEqual(['1:1 the policy has no key "modle" | nearest: model, models']);
});

test("all mistakes of a file are told at once, in the order of the file", () => {
  const problems = problemsOf(
    withLines(
      "metrics: [roc_auc, acuracy]",
      "slices:",
      "  a: { where: { age: { from: 30, below: 18 } }, weight: 0.5 }",
      "  b: { each: region, weight: 1.5 }",
      "  c: { where: { region: [] } }",
      "gate: { score: beter }",
    ),
  );
  expect(problems.map((problem) => problem.split(" | ")[0])).toEqual([
    '7:20 metrics[1]: there is no metric called "acuracy"',
    "9:8 slices.a.where: can never be true: no number of age is from 30 and below 18",
    "10:30 slices.b.weight: is 1.5; it lies from 0 to 1",
    "11:17 slices.c.where.region: is an empty list, which selects nothing",
    '12:16 gate.score: is "beter"; it takes better or not-worse',
  ]);
});

test("more than ten mistakes are counted, not listed", () => {
  const lines = Array.from({ length: 14 }, (_, i) => `  s${i}: { each: a, weight: 2 }`);
  const problems = problemsOf(withLines("slices:", ...lines));
  expect(problems).toHaveLength(11);
  expect(problems.at(-1)).toBe(" and 4 more");
});

test.each([
  ["", "1:1 the file is empty | umpire init DATA writes a policy for your data"],
  ["# only a comment\n", "1:1 the file is empty | umpire init DATA writes a policy for your data"],
  ["hello\n", '1:1 is "hello"; it takes a map'],
  ["task: binary\ntask: ranking\n", '2:1 the key "task" is there twice | keep one of the two'],
  ["data:\n\ttest: a\n", "2:1 a tab stands where YAML wants spaces | indent by two spaces"],
  [`a: ${"[".repeat(5000)}`, "1:1 brackets nest 5000 deep; the limit is 64"],
  ["task: !!js/function x\n", "1:7 YAML tags are not used here"],
  ["\0PAR1", "1:1 the file is not text | save it as UTF-8"],
])("a text that is no policy is refused in words: %j", (text, expected) => {
  expect(problemsOf(text).join("\n")).toContain(expected);
});

test("aliases that unfold into too much are refused, and quickly", () => {
  const bomb = ["a: &a [x, x, x, x, x, x, x, x, x]"];
  for (let i = 1; i < 12; i++) {
    const before = String.fromCharCode(96 + i);
    bomb.push(
      `${String.fromCharCode(97 + i)}: &${String.fromCharCode(97 + i)} [${Array(9).fill(`*${before}`).join(", ")}]`,
    );
  }
  expect(problemsOf(bomb.join("\n"))).toEqual(["1:1 anchors and aliases unfold into too much; write the parts out"]);
});

test("anchors that only save typing work", () => {
  const policy = read(withLines("slices:", "  a: &a { where: { x: 1 }, weight: 0.5 }", "  b: *a"));
  expect(policy.slices.map((entry) => entry.weight)).toEqual([0.5, 0.5]);
});

test("weights that are all zero are refused", () => {
  expect(problemsOf(withLines("slices: { a: { each: region, weight: 0 } }"))).toEqual([
    "7:1 slices: every weight is 0, so nothing counts | give the slice that matters most weight: 1",
  ]);
});

test("every form of a condition is read", () => {
  const where = (text: string) => {
    const { form } = read(withLines(`slices: { s: { where: ${text} } }`)).slices[0]!;
    return form.kind === "where" ? form.where : form;
  };
  expect(where("{ a: x }")).toEqual({ kind: "is", column: "a", values: ["x"] });
  expect(where("{ a: [x, null] }")).toEqual({
    kind: "any",
    of: [
      { kind: "is", column: "a", values: ["x"] },
      { kind: "null", column: "a", isNull: true },
    ],
  });
  expect(where("{ a: { not: [1, 2] } }")).toEqual({ kind: "not", of: { kind: "is", column: "a", values: [1, 2] } });
  expect(where("{ a: { null: true } }")).toEqual({ kind: "null", column: "a", isNull: true });
  expect(where("{ t: { from: 2024-03-01, below: 2024-04-01T12:00:00Z } }")).toEqual({
    kind: "range",
    column: "t",
    range: { from: Date.UTC(2024, 2, 1), below: Date.UTC(2024, 3, 1, 12) },
    time: true,
  });
  expect(where("{ t: { weekday: [Sat, Sunday] } }")).toEqual({
    kind: "clock",
    column: "t",
    part: "weekday",
    values: [6, 7],
  });
  expect(where("{ any: [{ a: 1 }, { not: { b: true } }] }")).toEqual({
    kind: "any",
    of: [
      { kind: "is", column: "a", values: [1] },
      { kind: "not", of: { kind: "is", column: "b", values: [true] } },
    ],
  });
  expect(where("{ column: not, is: 3 }")).toEqual({ kind: "is", column: "not", values: [3] });
});

test.each([
  ["{ age: { min: 3 } }", '7:32 slices.s.where.age: a condition has no "min" | nearest: from'],
  ["{}", "7:16 slices.s.where: is empty, which selects every row | name a column and a value, or leave it out"],
  ["{ a: null }", "slices.s.where.a: is empty | rows without a value are asked for by { null: true }"],
  ["{ a: { from: x } }", 'slices.s.where.a.from: is "x"; a bound is a number or a date such as 2026-01-31'],
  ["{ a: 9007199254740993 }", "slices.s.where.a: is beyond the whole numbers that are told apart (2^53)"],
  ["{ a: .nan }", "slices.s.where.a: is NaN, which no row can be compared with"],
  ["{ a: { from: 1, to: 2024-01-01 } }", "has a date for one bound and a number for the other"],
  ["{ t: { hour: 24 } }", "slices.s.where.t.hour: is 24; an hour is a whole number from 0 to 23, in UTC"],
  ["{ any: [] }", "slices.s.where.any: is an empty list"],
  ["{ all: [{ a: 1 }, { a: 2 }] }", "can never be true: a cannot be 1 and 2 at once"],
  ["low", 'slices.s.where: is "low"; a condition is a map from columns to values'],
])("a condition that says nothing is refused: %s", (text, expected) => {
  expect(problemsOf(withLines(`slices: { s: { where: ${text} } }`)).join("\n")).toContain(expected);
});

test("every form of a slice is read", () => {
  const form = (text: string) =>
    read(`${smallest.replace("label: y", "label: y, time: t")}slices: { s: ${text} }`).slices[0]!.form;
  expect(form("{ each: age, edges: [18, 30] }")).toEqual({
    kind: "each",
    by: { column: "age", by: "edges", edges: [18, 30] },
  });
  expect(form("{ each: { column: age, quantiles: 4 } }")).toEqual({
    kind: "each",
    by: { column: "age", by: "quantiles", quantiles: 4 },
  });
  expect(form("{ period: month }")).toEqual({ kind: "each", by: { column: "t", by: "period", period: "month" } });
  expect(form("{ each: created, period: weekday }")).toEqual({
    kind: "each",
    by: { column: "created", by: "period", period: "weekday" },
  });
  expect(form("{ cross: [a, { column: age, edges: [18] }] }")).toEqual({
    kind: "cross",
    by: [
      { column: "a", by: "value" },
      { column: "age", by: "edges", edges: [18] },
    ],
  });
  expect(form("{ where: { a: 1 }, last: 4w }")).toMatchObject({
    kind: "where",
    last: { column: "t", milliseconds: 4 * 7 * 86_400_000 },
  });
});

test.each([
  ["{ each: a, cross: [a, b] }", "7:11 slices.s: has each and cross; an entry has one form"],
  ["{ weight: 1 }", "slices.s: does not say which rows it has"],
  ["{ last: 7d }", "slices.s.last: needs to know which column is the time | name it under columns: time: COLUMN"],
  ["{ each: age, edges: [30, 18] }", "slices.s.edges: is [30, 18]; edges rise, each once"],
  ["{ each: age, edges: [30], quantiles: 3 }", "slices.s: has edges and quantiles; a column is cut one way"],
  ["{ where: { a: 1 }, share: true }", "slices.s.share: goes with each and cross, and this entry has where"],
  ["{ cross: [a, a] }", "slices.s.cross: names a twice"],
  ["{ cross: [a, { column: b, edge: [1] }] }", 'slices.s.cross[1]: has no key "edge" | nearest: edges'],
])("a slice that cannot be meant is refused: %s", (text, expected) => {
  expect(problemsOf(withLines(`slices: { s: ${text} }`)).join("\n")).toContain(expected);
});

test("every form of a baseline is read", () => {
  const policy = read(
    `${smallest.replace("test.csv", "test.csv, train: train.csv").replace("label: y", "label: y, time: t")}${[
      "baselines:",
      "  a: { column: c }",
      "  b: { random: 7 }",
      "  c: prior",
      "  d: { mean: true, by: area }",
      "  e: { median: { by: [area, hour] } }",
      "  f: { last: true }",
      "  g: { seasonal_last: 24, by: area }",
      "  h: { seasonal_last: 7d }",
      "  i: { value: 0.93 }",
      "  j: { threshold: age }",
      "  k: { threshold: age, at: 40 }",
      "  l: { logistic: [age, income] }",
      "  m: { majority: true }",
    ].join("\n")}`,
  );
  expect(policy.baselines.map((entry) => entry.baseline)).toEqual([
    { kind: "column", column: "c" },
    { kind: "random", seed: 7 },
    { kind: "prior" },
    { kind: "mean", by: ["area"] },
    { kind: "median", by: ["area", "hour"] },
    { kind: "last", by: [] },
    { kind: "seasonal_last", period: { rows: 24 }, by: ["area"] },
    { kind: "seasonal_last", period: { milliseconds: 7 * 86_400_000 }, by: [] },
    { kind: "value", value: 0.93 },
    { kind: "threshold", column: "age", at: null },
    { kind: "threshold", column: "age", at: 40 },
    { kind: "logistic", features: ["age", "income"] },
    { kind: "majority" },
  ]);
});

test.each([
  ["baselines: { b: priro }", 'baselines.b: there is no baseline called "priro" | nearest: prior'],
  ["baselines: { b: { column: a, random: 1 } }", "baselines.b: is column and random at once"],
  ["baselines: { b: { mean: true } }", "baselines.b: mean is fitted on training data, which the policy does not name"],
  ["baselines: { b: { last: true } }", "baselines.b: last needs to know which column is the time"],
  ["metrics: [cost]", "metrics[0]: cost needs costs, which the policy does not give"],
  ["metrics: [ndcg]", 'metrics[0]: the metric "ndcg" is for ranking tasks; the task here is binary'],
  ["metrics: [roc_auc, roc_auc]", 'metrics[1]: "roc_auc" is there twice'],
  ["threshold: { recal: 0.9 }", "threshold: is a map; it takes a number, { recall: 0.95 }"],
  ["threshold: { recall: 1.2 }", "threshold"],
  ["costs: { false_positive: 1 }", "costs.false_negative: is missing | What a miss costs, in the same unit."],
  ["gate: { confidence: 95 }", "gate.confidence: is 95; it lies from 0.5 to 0.9999"],
  ["gate: { margin: -1 }", "gate.margin: is -1; it lies at or above 0"],
])("a part that does not fit is refused: %s", (line, expected) => {
  expect(problemsOf(withLines(line)).join("\n")).toContain(expected);
});

test("models in every form are read, and half a form is refused with what it takes", () => {
  const challenger = (text: string) =>
    read(smallest.replace("challenger: { column: new }", `challenger: ${text}`)).models.challenger;
  expect(
    challenger("{ onnx: m.onnx, features: [a, b], encode: { a: { x: 1 } }, missing: 0, output: p, class: 1 }"),
  ).toEqual({
    kind: "onnx",
    onnx: "m.onnx",
    features: ["a", "b"],
    encode: { a: { x: 1 } },
    missing: 0,
    output: "p",
    class: 1,
  });
  expect(challenger("{ constant: 0.2 }")).toEqual({ kind: "constant", value: 0.2 });
  expect(challenger("{ rule: { when: { a: 1 }, then: 0.9, else: { when: { b: 2 }, then: 0.5, else: 0.1 } } }")).toEqual(
    {
      kind: "rule",
      rule: {
        when: { kind: "is", column: "a", values: [1] },
        yes: 0.9,
        no: { when: { kind: "is", column: "b", values: [2] }, yes: 0.5, no: 0.1 },
      },
    },
  );
  const broken = (text: string) => problemsOf(smallest.replace("challenger: { column: new }", `challenger: ${text}`));
  expect(challenger("{ url: 'http://localhost/model', features: [a, b], response: 'scores[]' }")).toEqual({
    kind: "url",
    url: "http://localhost/model",
    features: ["a", "b"],
    response: "scores[]",
  });
  expect(challenger("{ url: '${BASE}/model?token=${TOKEN}' }")).toMatchObject({ url: "${BASE}/model?token=${TOKEN}" });
  for (const written of [
    "{ url: 'http://u:s3cret@localhost/model' }",
    "{ url: 'ftp://u:s3cret@localhost/model' }",
    "{ url: 'http://localhost/model', headers: { Authorization: Bearer s3cret } }",
    "{ url: 'http://localhost/model?token=s3cret' }",
  ]) {
    expect(broken(written)[0]).toMatch(/holds a secret as it stands|starts with http/);
    expect(broken(written).join("\n")).not.toContain("s3cret");
  }
  expect(broken("{ url: 'localhost/model' }")[0]).toContain("starts with http:// or https://");
  expect(broken("{ url: 'http://localhost/model', encode: { a: { b: 1 } } }")[0]).toContain("encode: goes with onnx");
  expect(broken("{ column: a, features: [b] }")[0]).toContain("models.challenger.features: goes with onnx");
  expect(broken("{ features: [b] }")[0]).toContain("does not say where its scores come from");
  expect(broken("{ rule: { when: { a: 1 }, then: 0.9 } }")[0]).toContain("a rule has when, then and else");
  expect(broken("{ columns: { A: a, B: b } }")[0]).toContain("is for multiclass; the task is binary");
});

test("a first model needs no champion where a baseline can stand in", () => {
  const first = smallest.replace("  champion: { column: old }\n", "");
  expect(problemsOf(first)[0]).toContain("there is no champion, and no baseline that could stand in");
  expect(read(`${first}baselines: { chance: { random: 7 } }\n`).models.champion).toBeNull();
});

test("a ranking without its list column is refused", () => {
  expect(problemsOf(smallest.replace("binary", "ranking"))).toEqual([
    "3:1 columns: group is missing: a ranking needs the column that names a list | for example: group: request_id",
  ]);
});

test("the fingerprint minds what a policy says and not how it is written", () => {
  const print = (text: string): string => policyFingerprint(read(text));
  const rewritten = `# judged weekly\ncolumns:\n  label: "y"   # what came true\n${smallest.replace("columns: { label: y }\n", "")}`;
  expect(print(rewritten)).toBe(print(smallest));
  expect(print(withLines("gate: { confidence: 0.95 }"))).toBe(print(smallest));
  expect(print(withLines("gate: { confidence: 0.9 }"))).not.toBe(print(smallest));
  expect(print(smallest)).toMatch(/^[0-9a-f]{64}$/);
});
