import type { Contract } from "../data-quality/contract.ts";
import type { ColumnRule, RecordCheck, RuleAction } from "./record-rules.ts";

export type CheckActions = Readonly<Record<RecordCheck, RuleAction | "off">>;

/** A record that lacks a column or holds another type cannot be scored; the rest is a matter of policy. */
export const usualActions: CheckActions = {
  missing: "reject",
  null: "mark",
  type: "reject",
  range: "mark",
  unseen: "mark",
};

/**
 * The part of a contract that one record can be held against. The label is no part of a request.
 * @param reads the columns that the models read; others may be left out of a request
 */
export function contractRules(
  contract: Contract,
  actions: CheckActions,
  replacements: Readonly<Record<string, string | number | boolean>>,
  reads: ReadonlySet<string>,
): ColumnRule[] {
  // Where nothing stands in for a value, a null in its place would be a guess.
  const withoutReplacement = Object.fromEntries(
    Object.entries(actions).map(([check, action]) => [
      check,
      action === "replace" ? usualActions[check as RecordCheck] : action,
    ]),
  ) as CheckActions;
  return contract.columns
    .filter((column) => column.name !== contract.label)
    .map((column) => ({
      name: column.name,
      type: column.type === "any" ? null : column.type,
      required: column.required && reads.has(column.name),
      nulls: column.nulls ?? 1,
      range: column.range,
      values: column.values?.any ?? null,
      actions: Object.hasOwn(replacements, column.name) ? actions : withoutReplacement,
      replacement: replacements[column.name] ?? null,
    }));
}
