import { checks } from "../../core/data-quality/catalog.ts";
import { columnsOf } from "../../core/data-quality/checks/rules.ts";
import type { ColumnContract, Contract, RowCondition } from "../../core/data-quality/contract.ts";
import type { ExpectedEvent } from "../../core/drift/events.ts";
import { Failure } from "../../core/failures.ts";
import { nearest } from "../../core/nearest.ts";
import { expectedEvents } from "../drift-settings.ts";
import { parseCondition } from "../policy/parse-condition.ts";
import { type Path, readYaml, type SourceProblem, type YamlSource } from "../yaml-source.ts";
import { type ContractFile, contractFile, type RuleFile } from "./contract-file.ts";
import { contractFailure, explain } from "./contract-failure.ts";

/**
 * Reads `contract.yaml`.
 * @throws Failure CONTRACT with the line and column of the first mistakes and the nearest names
 */
export function readContract(text: string, file: string): Contract {
  const source = readYaml(text, file);
  if (source.problems.length > 0) throw contractFailure(source.problems, source);
  if (source.value === null || source.value === undefined) {
    throw contractFailure(
      [
        {
          path: [],
          message: "the file is empty",
          mend: ["umpire check REFERENCE --infer writes a contract for your data"],
        },
      ],
      source,
    );
  }
  const shape = contractFile.safeParse(source.value);
  if (!shape.success)
    throw contractFailure(
      shape.error.issues.flatMap((issue) => explain(issue, source.value)),
      source,
    );
  const problems: SourceProblem[] = [];
  const contract = build(shape.data, announced(source, shape.data.expected), problems);
  if (problems.length > 0) throw contractFailure(problems, source);
  return contract;
}

function announced(source: YamlSource, expected: unknown): readonly ExpectedEvent[] {
  if (expected === undefined) return [];
  try {
    return expectedEvents(source, ["expected"], expected);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure("CONTRACT", { where: error.where ?? source.file, message: error.message, mend: error.mend });
  }
}

function build(file: ContractFile, expected: readonly ExpectedEvent[], problems: SourceProblem[]): Contract {
  const names = Object.keys(file.columns);
  const known = (name: string, path: Path): void => {
    if (names.includes(name)) return;
    const near = nearest(name, names);
    problems.push({
      path,
      message: `there is no column "${name}" under columns`,
      mend: near.length > 0 ? [`nearest: ${near.join(", ")}`] : [],
    });
  };
  const key = file.key === undefined ? [] : typeof file.key === "string" ? [file.key] : file.key;
  for (const name of key) known(name, ["key"]);
  if (file.label !== undefined) known(file.label, ["label"]);
  if (file.time !== undefined) known(file.time.column, ["time", "column"]);
  checkSeverities(file.severity, ["severity"], problems);
  const rules = (file.rules ?? []).flatMap((rule, i) => buildRule(rule, ["rules", i], problems, known));
  return {
    name: file.contract,
    version: file.version,
    owner: file.owner ?? null,
    meaning: file.meaning ?? null,
    file: {
      format: file.file?.format ?? null,
      delimiter: file.file?.delimiter ?? null,
      finalNewline: file.file?.final_newline ?? null,
    },
    rows:
      file.rows === undefined
        ? null
        : { usual: file.rows.usual ?? null, from: file.rows.from, to: file.rows.to ?? Infinity },
    badRows: file.bad_rows,
    key,
    label: file.label ?? null,
    time:
      file.time === undefined
        ? null
        : {
            column: file.time.column,
            ordered: file.time.ordered,
            gap: milliseconds(file.time.gap),
            age: milliseconds(file.time.age),
          },
    columnOrder: file.column_order,
    unknownColumns: file.unknown_columns,
    repeats: file.repeats ?? null,
    columns: names.map((name) => buildColumn(name, file.columns[name]!, problems)),
    rules,
    severity: file.severity ?? {},
    expected,
  };
}

function checkSeverities(
  severities: Readonly<Record<string, unknown>> | undefined,
  path: Path,
  problems: SourceProblem[],
): void {
  const names = checks.map((check) => check.name);
  for (const name of Object.keys(severities ?? {})) {
    if (names.includes(name)) continue;
    problems.push({
      path,
      key: name,
      message: `there is no check "${name}"`,
      mend: [`nearest: ${nearest(name, names).join(", ") || names.join(", ")}`],
    });
  }
}

type ColumnFile = ContractFile["columns"][string];

function buildColumn(name: string, file: ColumnFile, problems: SourceProblem[]): ColumnContract {
  const path: Path = ["columns", name];
  checkSeverities(file.severity, [...path, "severity"], problems);
  if (file.pattern !== undefined) {
    try {
      new RegExp(`^(?:${file.pattern})$`, "u");
    } catch (error) {
      problems.push({
        path: [...path, "pattern"],
        message: `is no regular expression: ${error instanceof Error ? error.message.replace(/^Invalid regular expression: /, "") : ""}`,
      });
    }
  }
  const { from, to } = file.range ?? {};
  if (from !== undefined && to !== undefined && from > to)
    problems.push({ path: [...path, "range"], message: `from ${from} is above to ${to}` });
  const { reference } = file;
  return {
    name,
    type: file.type,
    format: file.type === "time" ? (file.format ?? "iso") : null,
    required: file.required,
    meaning: file.meaning ?? null,
    unit: file.unit ?? null,
    nulls: file.nulls ?? null,
    range: file.range === undefined ? null : { from: from ?? null, to: to ?? null },
    values:
      file.values === undefined ? null : Array.isArray(file.values) ? { any: file.values, unseen: 0 } : file.values,
    pattern: file.pattern ?? null,
    length: file.length ?? null,
    unique: file.unique,
    proportions: file.proportions ?? null,
    severity: file.severity ?? {},
    reference:
      reference === undefined
        ? null
        : {
            rows: reference.rows,
            nulls: reference.nulls,
            distinct: reference.distinct,
            mean: reference.mean ?? null,
            quantiles: reference.quantiles ?? null,
            top: reference.top ?? null,
            withLabel: reference.with_label ?? null,
            longestRun: reference.longest_run ?? null,
          },
  };
}

function buildRule(
  rule: RuleFile,
  path: Path,
  problems: SourceProblem[],
  known: (name: string, path: Path) => void,
): RowCondition[] {
  const kinds = (["holds", "ordered", "monotone", "sum"] as const).filter((kind) => rule[kind] !== undefined);
  if (kinds.length !== 1) {
    problems.push({
      path,
      message: kinds.length === 0 ? "says nothing that must hold" : `says ${kinds.join(" and ")}; one each`,
      mend: ["one of holds, ordered, monotone, sum"],
    });
    return [];
  }
  const base = { name: rule.name, severity: rule.severity, meaning: rule.meaning ?? null };
  const report = (problem: SourceProblem): void => void problems.push(problem);
  let result: RowCondition;
  switch (kinds[0]!) {
    case "holds": {
      const holds = parseCondition(rule.holds, [...path, "holds"], report);
      const when = rule.when === undefined ? null : parseCondition(rule.when, [...path, "when"], report);
      if (holds === null) return [];
      result = { ...base, kind: "holds", holds, when };
      break;
    }
    case "ordered":
      result = { ...base, kind: "ordered", columns: rule.ordered!, strict: rule.strict ?? false };
      break;
    case "monotone":
      result = {
        ...base,
        kind: "monotone",
        column: rule.monotone!,
        within: rule.within ?? null,
        falling: rule.falling ?? false,
      };
      break;
    case "sum":
      if (rule.equals === undefined) {
        problems.push({ path, message: "sum needs equals, the column that holds the total" });
        return [];
      }
      result = { ...base, kind: "sum", columns: rule.sum!, equals: rule.equals, tolerance: rule.tolerance ?? 0 };
  }
  for (const name of columnsOf(result)) known(name, path);
  return [result];
}

const durationUnits: Readonly<Record<string, number>> = {
  s: 1000,
  min: 60_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

function milliseconds(text: string | undefined): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/.exec(text ?? "");
  return match === null ? null : Number(match[1]) * durationUnits[match[2]!]!;
}
