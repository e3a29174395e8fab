import type { Task } from "../../core/metrics/metric.ts";
import type { Path } from "../yaml-source.ts";
import { isMap, parseCondition, type Report, shown } from "./parse-condition.ts";
import type { ModelDescription, ModelSource, Rule } from "./policy.ts";
import type { ModelFile } from "./policy-file.ts";
import { hasWrittenCredentials, writtenSecretHeader } from "../written-secrets.ts";

const KINDS = ["column", "columns", "onnx", "rule", "constant", "url"] as const;
const ONNX_KEYS = ["features", "encode", "missing", "output", "class"] as const;
const URL_KEYS = ["protocol", "request", "response", "headers"] as const;
/** Of an ONNX file's keys, those that a model behind an address takes too. */
const isUrlKey = (key: string): boolean => ["features", "output", "class"].includes(key);
const DEEPEST_RULE = 20;

/** Where a model's scores come from; null where there was a problem. */
export function parseModel(file: ModelFile, path: Path, task: Task | null, report: Report): ModelSource | null {
  const kinds = KINDS.filter((kind) => file[kind] !== undefined);
  const kind = kinds[0];
  if (kind === undefined) {
    report({
      path,
      message: "does not say where its scores come from",
      mend: [
        "already scored: { column: NAME }; scored here: { onnx: FILE, features: [ … ] }",
        `or ${KINDS.slice(3, 5).join(", ")}`,
      ],
    });
    return null;
  }
  if (kinds.length > 1) {
    report({ path, message: `has ${kinds.join(" and ")}; a model has one of them`, mend: ["keep one"] });
    return null;
  }
  const stray = [
    ...(kind === "onnx"
      ? []
      : ONNX_KEYS.filter((key) => !(kind === "url" && isUrlKey(key)) && file[key] !== undefined)),
    ...(kind === "url" ? [] : URL_KEYS.filter((key) => file[key] !== undefined)),
  ];
  for (const key of stray) {
    const owner = (ONNX_KEYS as readonly string[]).includes(key) ? "onnx" : "url";
    report({ path: [...path, key], message: `goes with ${owner}, and this model has ${kind}`, mend: [`drop ${key}`] });
  }
  const source = sourceOf(kind, file, path, task, report);
  return stray.length > 0 ? null : source;
}

function sourceOf(
  kind: (typeof KINDS)[number],
  file: ModelFile,
  path: Path,
  task: Task | null,
  report: Report,
): ModelSource | null {
  switch (kind) {
    case "column":
      return { kind, column: String(file.column) };
    case "columns":
      return classColumns(file.columns!, path, task, report);
    case "onnx":
      return { kind, onnx: file.onnx!, ...modelDescription(file) };
    case "rule": {
      const rule = ruleAt(file.rule, [...path, "rule"], 0, report);
      return rule === null ? null : { kind, rule };
    }
    case "constant":
      return { kind, value: file.constant! };
    case "url":
      return urlSource(file, [...path, "url"], report);
  }
}

function urlSource(file: ModelFile, path: Path, report: Report): ModelSource | null {
  const url = file.url!;
  if (!/^(https?:\/\/|\$\{)[^\s]+$/i.test(url)) {
    report({
      path,
      message: "is no address; one starts with http:// or https://",
      mend: ["http://HOST:PORT/path"],
    });
    return null;
  }
  const asItStands = "holds a secret as it stands, and the policy is kept with every verdict";
  const mend = ["write ${NAME}, from the environment"];
  if (hasWrittenCredentials(url)) {
    report({ path, message: asItStands, mend });
    return null;
  }
  const header = writtenSecretHeader(file.headers ?? {});
  if (header !== null) {
    report({ path: [...path.slice(0, -1), "headers", header], message: asItStands, mend });
    return null;
  }
  return {
    kind: "url",
    url,
    ...(file.features === undefined ? {} : { features: file.features.map(String) }),
    ...(file.output === undefined ? {} : { output: file.output }),
    ...(file.class === undefined ? {} : { class: file.class }),
    ...(file.protocol === undefined ? {} : { protocol: file.protocol }),
    ...(file.request === undefined ? {} : { request: file.request }),
    ...(file.response === undefined ? {} : { response: file.response }),
    ...(file.headers === undefined ? {} : { headers: file.headers }),
  };
}

/** The keys that say how an ONNX file is fed and read, those that are there. */
export function modelDescription(file: Pick<ModelFile, (typeof ONNX_KEYS)[number]>): ModelDescription {
  return {
    ...(file.features === undefined ? {} : { features: file.features.map(String) }),
    ...(file.encode === undefined ? {} : { encode: file.encode }),
    ...(file.missing === undefined ? {} : { missing: file.missing }),
    ...(file.output === undefined ? {} : { output: file.output }),
    ...(file.class === undefined ? {} : { class: file.class }),
  };
}

function classColumns(
  columns: Readonly<Record<string, string | number>>,
  path: Path,
  task: Task | null,
  report: Report,
): ModelSource | null {
  const place = [...path, "columns"];
  if (task !== null && task !== "multiclass") {
    report({
      path: place,
      message: `is for multiclass; the task is ${task}`,
      mend: ["name one column: { column: NAME }"],
    });
    return null;
  }
  if (Object.keys(columns).length < 2) {
    report({ path: place, message: "needs a column for each class, at least two", mend: ["{ A: p_a, B: p_b }"] });
    return null;
  }
  return { kind: "columns", columns: Object.fromEntries(Object.entries(columns).map(([k, v]) => [k, String(v)])) };
}

function ruleAt(value: unknown, path: Path, depth: number, report: Report): Rule | null {
  if (typeof value === "string" || (typeof value === "number" && Number.isFinite(value))) {
    if (depth > 0) return value;
    report({ path, message: `is ${shown(value)}; a rule is { when: CONDITION, then: VALUE, else: VALUE }`, mend: [] });
    return null;
  }
  if (depth > DEEPEST_RULE) {
    report({ path, message: `rules nest more than ${DEEPEST_RULE} deep` });
    return null;
  }
  const keys = isMap(value) ? Object.keys(value) : [];
  const complete = isMap(value) && keys.length === 3 && ["when", "then", "else"].every((key) => keys.includes(key));
  if (!complete) {
    report({
      path,
      message: `is ${keys.length > 0 ? `a map with ${keys.join(", ")}` : shown(value)}; a rule has when, then and else`,
      mend: ["for example: { when: { age: { from: 60 } }, then: 0.9, else: 0.1 }"],
    });
    return null;
  }
  const when = parseCondition(value["when"], [...path, "when"], report);
  const yes = ruleAt(value["then"], [...path, "then"], depth + 1, report);
  const no = ruleAt(value["else"], [...path, "else"], depth + 1, report);
  return when === null || yes === null || no === null ? null : { when, yes, no };
}
