import { parseTime } from "../tables/parse-time.ts";
import type { FeatureRecord } from "./feature-record.ts";
import { describe } from "./describe-value.ts";

/** What is done with a record that breaks a rule. */
export type RuleAction = "reject" | "replace" | "fallback" | "mark";

export type RecordCheck = "missing" | "null" | "type" | "range" | "unseen";

/** What a request's value must look like, per column: the part of a contract that one record can be held against. */
export interface ColumnRule {
  readonly name: string;
  readonly type: "integer" | "number" | "boolean" | "text" | "time" | null;
  /** False: the record may come without it. */
  readonly required: boolean;
  /**
   * Share of records of late that may hold a null: 0 none, 1 all. In between, a null counts as a problem only while there
   * are more of them than that (a source that went dark), beyond what chance explains.
   */
  readonly nulls: number;
  readonly range: { readonly from: number | null; readonly to: number | null } | null;
  readonly values: readonly (string | number | boolean)[] | null;
  /** What is done per check; `off` switches it off. */
  readonly actions: Readonly<Record<RecordCheck, RuleAction | "off">>;
  /** Stands in for the value where the action is `replace`. */
  readonly replacement: string | number | boolean | null;
}

export interface RecordProblem {
  readonly column: string;
  readonly check: RecordCheck;
  readonly action: RuleAction;
  /** `age: 200 is above 120`. */
  readonly message: string;
}

export interface CheckedRecord {
  /** The record, with replacements where rules asked for them. */
  readonly record: FeatureRecord;
  readonly problems: readonly RecordProblem[];
}

export type RecordRules = (record: FeatureRecord) => CheckedRecord;

const none: readonly RecordProblem[] = [];

/** Compiles column rules to one check per record. A record without a problem is returned as it is, nothing allocated but the pair. */
export function compileRecordRules(rules: readonly ColumnRule[]): RecordRules {
  const checks = rules.map((rule) => ({ rule, find: compileColumn(rule), isRare: rule.nulls < usualNulls }));
  const rare = checks.filter(({ isRare }) => isRare).length;
  return (record) => {
    let problems: RecordProblem[] | null = null;
    let changed: Record<string, unknown> | null = null;
    let hollow: ColumnRule[] | null = null;
    for (const { rule, find, isRare } of checks) {
      const value = record[rule.name];
      const found = find(value);
      if (found === null) {
        if (isRare && (value === null || value !== value)) (hollow ??= []).push(rule);
        continue;
      }
      const action = rule.actions[found];
      if (action === "off") continue;
      problems ??= [];
      problems.push({ column: rule.name, check: found, action, message: wording(rule, found, value) });
      if (action === "replace") {
        changed ??= { ...record };
        changed[rule.name] = rule.replacement;
      }
    }
    const [first] = hollow ?? [];
    if (first !== undefined && hollow!.length >= fewestHollow && hollow!.length * 2 >= rare) {
      const action = first.actions.null;
      const message = `${first.name} is null, as are ${hollow!.length} of the ${rare} columns that hardly ever are`;
      // There is no one column that could be replaced.
      const told = action === "replace" ? "mark" : action;
      if (told !== "off") (problems ??= []).push({ column: first.name, check: "null", action: told, message });
    }
    return { record: changed ?? record, problems: problems ?? none };
  };
}

/** A column of which the contract lets fewer be null is hardly ever null. */
const usualNulls = 0.2;
/** Nulls in such columns that one record may hold; more, and half of those columns, and the record is hollow. */
const fewestHollow = 3;

/** Records of late, about: each counts less by this part than the one after it. */
const forgetting = 1 / 200;
const fewestRecords = 100;

/** Tells whether a null is one too many: a running share against the limit, with four standard errors of room. */
function compileNulls(limit: number): (isNull: boolean) => boolean {
  if (limit <= 0) return (isNull) => isNull;
  if (limit >= 1) return () => false;
  const alarm = limit + 4 * Math.sqrt((limit * (1 - limit) * forgetting) / (2 - forgetting));
  let share = limit;
  let seen = 0;
  return (isNull) => {
    share += (Number(isNull) - share) * forgetting;
    seen++;
    return isNull && seen >= fewestRecords && share > alarm;
  };
}

function compileColumn(rule: ColumnRule): (value: unknown) => RecordCheck | null {
  const { type, range, required } = rule;
  const isOneTooMany = compileNulls(rule.nulls);
  const known = rule.values === null ? null : new Set<unknown>(rule.values);
  const from = range?.from ?? Number.NEGATIVE_INFINITY;
  const to = range?.to ?? Number.POSITIVE_INFINITY;
  return (value) => {
    if (value === undefined) return required ? "missing" : null;
    const isNull = value === null || value !== value;
    if (isOneTooMany(isNull)) return "null";
    if (isNull) return null;
    if (type !== null && !hasType(value, type)) return "type";
    if (known !== null && !known.has(value) && !known.has(String(value))) return "unseen";
    if (range !== null) {
      const number = typeof value === "number" ? value : comparable(value, type);
      if (!(number >= from && number <= to)) return "range";
    }
    return null;
  };
}

function hasType(value: unknown, type: NonNullable<ColumnRule["type"]>): boolean {
  switch (type) {
    case "number":
      return (typeof value === "number" && Number.isFinite(value)) || typeof value === "bigint";
    case "integer":
      return Number.isInteger(value) || typeof value === "bigint";
    case "boolean":
      return typeof value === "boolean" || value === 0 || value === 1;
    case "text":
      return typeof value === "string";
    case "time":
      return typeof value === "number" || (typeof value === "string" && parseTime(value) !== null);
  }
}

function comparable(value: unknown, type: ColumnRule["type"]): number {
  if (type === "time" && typeof value === "string") return parseTime(value) ?? Number.NaN;
  return Number(value);
}

function wording(rule: ColumnRule, check: RecordCheck, value: unknown): string {
  const shown = describe(value);
  switch (check) {
    case "missing":
      return `${rule.name} is missing`;
    case "null":
      return rule.nulls > 0 ? `${rule.name} is null, as too many are of late` : `${rule.name} is null`;
    case "type":
      return `${rule.name} is ${shown}; it is ${rule.type === "integer" ? "a whole number" : `a ${rule.type}`}`;
    case "unseen":
      return `${rule.name} is ${shown}, which the reference has never seen`;
    case "range": {
      const { from, to } = rule.range!;
      const number = comparable(value, rule.type);
      const below = from !== null && number < from;
      return `${rule.name} is ${shown}, ${below ? `below ${from}` : `above ${to}`}`;
    }
  }
}
