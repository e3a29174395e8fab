import type { Note } from "../../core/findings.ts";
import type { Condition } from "../../core/slices/condition.ts";
import { type BindingFacts, bindCondition, missingColumn } from "../../core/slices/condition-binding.ts";
import type { Dimension, SliceEntry } from "../../core/slices/slice-entry.ts";
import type { ColumnSchema } from "../../core/tables/table.ts";
import type { Path, SourceProblem } from "../yaml-source.ts";
import { columnUses } from "./column-uses.ts";
import { type ParsedPolicy, pathText, policyFailure } from "./parse-policy.ts";
import type { ModelSource, Policy, Rule } from "./policy.ts";

/** The data that a policy is held against. */
export interface PolicyData {
  readonly columns: readonly ColumnSchema[];
  /** False where types are guesses (text files): then reading says which value, on which line, does not fit. */
  readonly typed?: boolean;
  /** How messages call the data: `data/test.parquet`. */
  readonly source: string;
  /** All values of a text column where they are known, for nearest names and values that no row has. */
  readonly values?: (column: string) => readonly string[] | undefined;
}

export interface BoundPolicy {
  /** With conditions fitted to the columns: dates as milliseconds, numbers rounded as 32-bit columns are. */
  readonly policy: Policy;
  /** Columns by name as the policy uses them: the time column is a time, whatever the file calls it. */
  readonly columns: ReadonlyMap<string, ColumnSchema>;
  readonly notes: readonly Note[];
}

/**
 * Checks every column that a policy names against the data, all at once.
 *
 * @throws Failure POLICY with line, column and the nearest names
 */
export function bindPolicy(parsed: ParsedPolicy, data: PolicyData): BoundPolicy {
  const { policy, source } = parsed;
  const columns = new Map(data.columns.map((column) => [column.name, column]));
  const times = [policy.columns.time, ...policy.slices.flatMap(periodColumns)];
  for (const time of times) {
    const column = time === null ? undefined : columns.get(time);
    // Text and epoch numbers are read as times where the policy says that they are.
    if (column !== undefined && column.kind !== "other") columns.set(column.name, { ...column, kind: "time" });
  }
  const facts: BindingFacts = {
    columns,
    source: data.source,
    ...(data.values === undefined ? {} : { values: data.values }),
  };
  const problems: SourceProblem[] = [];
  for (const use of columnUses(policy)) {
    const column = columns.get(use.column);
    if (column === undefined) {
      const { message, mend } = missingColumn(use.column, facts);
      problems.push({ path: use.path, key: use.column, message, mend });
    } else if (data.typed !== false && use.kinds !== undefined && !use.kinds.includes(column.kind)) {
      problems.push(wrongKind(use.path, column, use.kinds));
    }
  }
  const notes: Note[] = [];
  const bind = (condition: Condition, path: Path): Condition => {
    const bound = bindCondition(condition, facts);
    for (const { severity, column, message, mend } of bound.problems) {
      if (severity === "error") problems.push({ path, ...(column === null ? {} : { key: column }), message, mend });
      else notes.push({ code: "value-unseen", severity, message: `${pathText(path)}: ${message}`, mend });
    }
    return bound.condition;
  };
  const boundPolicy = withConditions(policy, bind);
  for (const entry of policy.slices) problems.push(...dimensionProblems(entry, columns));
  if (problems.length > 0) throw policyFailure(problems, source);
  return { policy: boundPolicy, columns, notes };
}

/** Columns that are known only after an answer was given: they cannot route a request. */
export function lateColumns(policy: Policy): ReadonlySet<string> {
  const late = Object.entries(policy.columns.available).filter(([, when]) => when === "after");
  const scores = [policy.models.champion, policy.models.challenger].flatMap((model) => {
    if (model?.kind === "column") return [model.column];
    return model?.kind === "columns" ? Object.values(model.columns) : [];
  });
  return new Set([policy.columns.label, ...late.map(([name]) => name), ...scores]);
}

function periodColumns(entry: SliceEntry): string[] {
  const { form } = entry;
  const parts = form.kind === "each" ? [form.by] : form.kind === "cross" ? form.by : [];
  return parts.filter((part) => part.by === "period").map((part) => part.column);
}

const KIND_WORDS = { number: "numbers", time: "times", category: "text", boolean: "true or false", other: "nested" };

function wrongKind(path: Path, column: ColumnSchema, kinds: readonly ColumnSchema["kind"][]): SourceProblem {
  const wanted = kinds.map((kind) => KIND_WORDS[kind]).join(" or ");
  return {
    path,
    key: column.name,
    message: `column "${column.name}" holds ${KIND_WORDS[column.kind]} (${column.type}); ${wanted} are needed here`,
  };
}

function dimensionProblems(entry: SliceEntry, columns: ReadonlyMap<string, ColumnSchema>): SourceProblem[] {
  const { form } = entry;
  const parts: readonly Dimension[] = form.kind === "each" ? [form.by] : form.kind === "cross" ? form.by : [];
  const path = ["slices", entry.name];
  return parts.flatMap((part): SourceProblem[] => {
    const column = columns.get(part.column);
    if (column === undefined) return [];
    const banded = part.by === "edges" || part.by === "quantiles";
    if (banded && column.kind !== "number") return [wrongKind(path, column, ["number"])];
    if (part.by !== "value") return [];
    if (column.kind === "other") return [wrongKind(path, column, ["category", "number", "boolean"])];
    if (column.kind !== "time") return [];
    return [
      {
        path,
        key: part.column,
        message: `column "${part.column}" holds times (${column.type}), of which nearly every one differs`,
        mend: [
          form.kind === "each"
            ? `cut it into periods: { each: ${part.column}, period: month }`
            : `cut it into periods: { column: ${part.column}, period: month }`,
        ],
      },
    ];
  });
}

type Bind = (condition: Condition, path: Path) => Condition;

function withConditions(policy: Policy, bind: Bind): Policy {
  const { champion, challenger } = policy.models;
  return {
    ...policy,
    models: {
      champion: champion === null ? null : boundModel(champion, ["models", "champion"], bind),
      challenger: boundModel(challenger, ["models", "challenger"], bind),
    },
    slices: policy.slices.map((entry) => {
      if (entry.form.kind !== "where") return entry;
      return { ...entry, form: { ...entry.form, where: bind(entry.form.where, ["slices", entry.name, "where"]) } };
    }),
    positive: policy.positive === null ? null : bind(policy.positive, ["positive"]),
  };
}

function boundModel(model: ModelSource, path: Path, bind: Bind): ModelSource {
  return model.kind === "rule" ? { kind: "rule", rule: boundRule(model.rule, [...path, "rule"], bind) } : model;
}

function boundRule(rule: Rule, path: Path, bind: Bind): Rule {
  if (typeof rule !== "object") return rule;
  return {
    when: bind(rule.when, [...path, "when"]),
    yes: boundRule(rule.yes, [...path, "then"], bind),
    no: boundRule(rule.no, [...path, "else"], bind),
  };
}
