import { Failure, type FailureDetails } from "../../core/failures.ts";
import { findMetric } from "../../core/metrics/catalog.ts";
import type { Task } from "../../core/metrics/metric.ts";
import { type Path, readYaml, type SourceProblem, type YamlSource } from "../yaml-source.ts";
import { parseRelease } from "../release/parse-release.ts";
import { explainIssue } from "./explain-issue.ts";
import { parseBaselines, columnList } from "./parse-baselines.ts";
import { parseColumnCondition, type Report } from "./parse-condition.ts";
import { parseModel } from "./parse-models.ts";
import { parseSlices } from "./parse-slices.ts";
import type { GatePolicy } from "../../core/gates/decision.ts";
import type { Policy, PolicyColumns, Threshold } from "./policy.ts";
import { type PolicyFile, policyFile } from "./policy-file.ts";
import { wholePolicyProblems } from "./policy-sense.ts";

/** A policy with the places of its parts, for messages that come later (columns that the data lack). */
export interface ParsedPolicy {
  readonly policy: Policy;
  readonly source: YamlSource;
}

const MOST_PROBLEMS = 10;

/** Without metrics in the policy; the first decides. */
const DEFAULT_METRICS: Readonly<Record<Task, readonly string[]>> = {
  binary: ["roc_auc", "average_precision", "log_loss"],
  multiclass: ["macro_f1", "accuracy"],
  regression: ["mae", "rmse"],
  ranking: ["map", "ndcg@10", "recall@10"],
};

/**
 * Reads a policy file.
 *
 * @param file how messages call the file
 * @throws Failure POLICY with the first problem, and up to nine more in `others`
 */
export function parsePolicy(text: string, file: string): ParsedPolicy {
  const source = readYaml(text, file);
  if (source.problems.length > 0) throw policyFailure(source.problems, source);
  if (source.value === null || source.value === undefined) {
    throw policyFailure(
      [{ path: [], message: "the file is empty", mend: ["umpire init DATA writes a policy for your data"] }],
      source,
    );
  }
  const problems: SourceProblem[] = [];
  const shape = policyFile.safeParse(source.value);
  for (const issue of shape.error?.issues ?? []) problems.push(...explainIssue(issue, source.value));
  const policy = policyOf(source.value, problems);
  if (policy === null || problems.length > 0) throw policyFailure(problems, source);
  return { policy, source };
}

/** The problems of one document as one failure; those past the tenth are counted. */
export function policyFailure(problems: readonly SourceProblem[], source: YamlSource): Failure {
  const placed = problems.map((problem) => ({ problem, at: problem.at ?? source.place(problem.path, problem.key) }));
  placed.sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column);
  const told = placed
    .slice(0, MOST_PROBLEMS)
    .map(({ problem, at }) => detailsOf(problem, `${source.file}:${at.line}:${at.column}`));
  const left = problems.length - told.length;
  const [first, ...others] = told;
  if (left > 0) others.push({ message: `and ${left} more` });
  return new Failure("POLICY", { ...(first ?? { message: "the policy cannot be read" }), others });
}

function detailsOf(problem: SourceProblem, where: string): FailureDetails {
  const path = pathText(problem.path);
  return {
    where,
    message: path === "" ? problem.message : `${path}: ${problem.message}`,
    mend: problem.mend ?? [],
  };
}

/** `slices.low activity.where`, `metrics[1]`. */
export function pathText(path: Path): string {
  return path.reduce<string>(
    (text, step) => (typeof step === "number" ? `${text}[${step}]` : text === "" ? step : `${text}.${step}`),
    "",
  );
}

/** The sections, and the entries of named ones, whose shape is right: a mistake in one must not hide the next. */
function soundParts(value: unknown, problems: readonly SourceProblem[]) {
  const file = (typeof value === "object" && value !== null ? value : {}) as Partial<PolicyFile>;
  const shapes = problems.map((problem) => problem.path);
  return {
    section<K extends keyof PolicyFile>(name: K): PolicyFile[K] | undefined {
      return shapes.some((path) => path[0] === name) ? undefined : file[name];
    },
    entries<K extends "slices" | "baselines">(name: K): PolicyFile[K] | undefined {
      const map = file[name];
      if (shapes.some((path) => path.length === 1 && path[0] === name)) return undefined;
      if (map === undefined || Array.isArray(map)) return map;
      const broken = new Set(shapes.filter((path) => path[0] === name).map((path) => path[1]));
      return Object.fromEntries(Object.entries(map).filter(([entry]) => !broken.has(entry))) as PolicyFile[K];
    },
  };
}

function policyOf(value: unknown, problems: SourceProblem[]): Policy | null {
  const sound = soundParts(value, [...problems]);
  const report: Report = (problem) => problems.push(problem);
  const task = sound.section("task") ?? null;
  const columns = columnsOf(sound.section("columns"));
  const models = modelsOf(sound.section("models"), task, report);
  const baselines = parseBaselines(sound.entries("baselines") ?? [], report);
  const metrics = metricsOf(sound.section("metrics"), task, report);
  const slices = parseSlices(sound.entries("slices") ?? {}, columns?.time ?? null, report);
  const positive = positiveOf(sound.section("positive"), columns?.label, report);
  const release = sound.section("release");
  if (typeof release === "object") parseRelease(release, ["release"], report);
  const data = sound.section("data");
  if (task === null || columns === null || models === null || data === undefined) return null;
  if (problems.length > 0) return null;
  const policy: Policy = {
    model: String(sound.section("model") ?? "model"),
    task,
    data: { test: columnList(data.test), train: data.train === undefined ? null : columnList(data.train) },
    columns,
    models,
    baselines,
    metrics,
    slices,
    gate: gateOf(sound.section("gate")),
    positive,
    threshold: thresholdOf(sound.section("threshold")),
    costs: costsOf(sound.section("costs")),
    aggregate: aggregateOf(sound.section("aggregate")),
    seed: sound.section("seed") ?? 1,
    contract: sound.section("contract") ?? null,
    release: sound.section("release") ?? null,
    monitors: sound.section("monitors") ?? null,
    alerts: sound.section("alerts") ?? null,
  };
  problems.push(...wholePolicyProblems(policy, value as PolicyFile));
  return policy;
}

function columnsOf(file: PolicyFile["columns"] | undefined): PolicyColumns | null {
  if (file === undefined) return null;
  const group = columnList(file.group);
  const unit = columnList(file.unit);
  return {
    id: columnList(file.id),
    group,
    item: file.item === undefined ? null : String(file.item),
    unit:
      unit.length > 0
        ? { columns: unit, source: "policy" }
        : group.length > 0
          ? { columns: group, source: "group" }
          : { columns: [], source: "row" },
    time: file.time === undefined ? null : String(file.time),
    label: String(file.label),
    available: file.available ?? {},
  };
}

function modelsOf(file: PolicyFile["models"] | undefined, task: Task | null, report: Report): Policy["models"] | null {
  if (file === undefined) return null;
  const champion = file.champion === undefined ? null : parseModel(file.champion, ["models", "champion"], task, report);
  const challenger = parseModel(file.challenger, ["models", "challenger"], task, report);
  return challenger === null ? null : { champion, challenger };
}

function metricsOf(file: PolicyFile["metrics"] | undefined, task: Task | null, report: Report): readonly string[] {
  if (task === null) return [];
  if (file === undefined) return DEFAULT_METRICS[task];
  const texts = typeof file === "string" ? [file] : file;
  const seen = new Set<string>();
  for (const [index, text] of texts.entries()) {
    const path = typeof file === "string" ? ["metrics"] : ["metrics", index];
    try {
      findMetric(text, task);
      if (seen.has(text)) report({ path, message: `"${text}" is there twice`, mend: ["keep one"] });
      seen.add(text);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      report({ path, message: error.message, mend: error.mend });
    }
  }
  return texts.map((text) => text.trim());
}

function positiveOf(value: unknown, label: string | undefined, report: Report): Policy["positive"] {
  if (value === undefined || label === undefined) return null;
  return parseColumnCondition(label, value, ["positive"], report);
}

function gateOf(file: PolicyFile["gate"]): GatePolicy {
  return {
    score: file?.score ?? "better",
    margin: file?.margin ?? 0,
    confidence: file?.confidence ?? 0.95,
    baselines: file?.baselines ?? "better",
    expected: file?.expected ?? null,
    minUnits: file?.min_units ?? 30,
  };
}

function thresholdOf(file: PolicyFile["threshold"]): Threshold {
  if (file === undefined) return { kind: "fixed", value: 0.5 };
  if (typeof file === "number") return { kind: "fixed", value: file };
  if ("recall" in file) return { kind: "recall", value: file.recall };
  if ("precision" in file) return { kind: "precision", value: file.precision };
  return { kind: "minimal-cost" };
}

function costsOf(file: PolicyFile["costs"]): Policy["costs"] {
  return file === undefined ? null : { falsePositive: file.false_positive, falseNegative: file.false_negative };
}

function aggregateOf(file: PolicyFile["aggregate"]): Policy["aggregate"] {
  if (file === undefined) return null;
  return { by: columnList(file.by), score: file.score ?? "max", label: file.label ?? "max" };
}
