import { bindCondition } from "../../core/slices/condition-binding.ts";
import { dimensionsOf, type SliceEntry } from "../../core/slices/slice-entry.ts";
import { missingColumn, type ConditionProblem } from "../../core/slices/condition-binding.ts";
import type { ColumnSchema } from "../../core/tables/table.ts";
import { policyFailure, type ParsedPolicy } from "../../schemas/policy/parse-policy.ts";
import type { SourceProblem } from "../../schemas/yaml-source.ts";
import type { TableSource } from "../ports/table-reader.ts";

/**
 * Fits the slice entries of a policy to the columns of the data.
 * @throws Failure POLICY with every problem at its line: unknown columns (nearest name), values of another type,
 *   conditions that can never be true
 */
export function bindSlices(
  parsed: ParsedPolicy,
  columns: ReadonlyMap<string, ColumnSchema>,
  source: TableSource,
): SliceEntry[] {
  const problems: SourceProblem[] = [];
  const facts = { columns, source: source.files.length === 1 ? source.files[0]! : `${source.files.length} files` };
  const report = (entry: SliceEntry, form: string, problem: ConditionProblem): void => {
    if (problem.severity !== "error") return;
    problems.push({ path: ["slices", entry.name, form], message: problem.message, mend: problem.mend });
  };
  const bound = parsed.policy.slices.map((entry): SliceEntry => {
    const { form } = entry;
    if (form.kind === "where") {
      const { condition, problems: found } = bindCondition(form.where, facts);
      for (const problem of found) report(entry, "where", problem);
      return { ...entry, form: { ...form, where: condition } };
    }
    for (const { column } of dimensionsOf(form)) {
      if (!columns.has(column)) report(entry, form.kind, missingColumn(column, facts));
    }
    return entry;
  });
  if (problems.length > 0) throw policyFailure(problems, parsed.source);
  return bound;
}
