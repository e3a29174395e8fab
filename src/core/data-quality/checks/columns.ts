import type { TableCheck, TableContext, TableFinding } from "../check.ts";
import { finding } from "../check-finding.ts";
import { severityFor } from "../contract.ts";
import { nearest } from "../../nearest.ts";
import { resemblance } from "../resemblance.ts";

/** Unknown columns of the file, in file order. */
function unknownNames({ facts, contract }: TableContext): string[] {
  const known = new Set(contract?.columns.map((column) => column.name));
  return facts.columns.map((column) => column.name).filter((name) => !known.has(name));
}

const fold = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, "_");

export const missingColumnCheck: TableCheck = {
  kind: "table",
  name: "missing-column",
  group: "table",
  severity: "error",
  says: "A column that the contract requires is not in the file. A column with the same name but for case, blanks or dashes, or an unknown column with the same content, is named as the likely one.",
  run(context) {
    const { facts, contract } = context;
    if (contract === null) return [];
    const present = new Set(facts.columns.map((column) => column.name));
    const unknown = unknownNames(context);
    const missing = contract.columns.filter((column) => column.required && !present.has(column.name));
    const headerless = missing.length === contract.columns.length && facts.columns.length === contract.columns.length;
    if (missing.length > 1 && missing.length === contract.columns.length) return noneIsThere(context, missing.length);
    return missing.flatMap((column) => {
      const severity = severityFor("missing-column", "error", contract, column);
      if (severity === "off") return [];
      const alike = unknown.find((name) => fold(name) === fold(column.name));
      const renamed = headerless ? undefined : (alike ?? likelyRenamed(context, column.name, unknown));
      let hint = "";
      if (alike !== undefined) hint = `; '${alike}' is there, the same name in another spelling`;
      else if (renamed !== undefined) hint = `; '${renamed}' holds what it held: renamed?`;
      else {
        const close = headerless ? [] : nearest(column.name, unknown, 1);
        if (close[0] !== undefined) hint = `; nearest: ${close[0]}`;
      }
      return [
        finding({
          check: "missing-column",
          severity,
          column: column.name,
          message: `required column ${column.name} is missing${hint}`,
        }),
      ];
    });
  },
};

/** Another table altogether: one finding says so. */
function noneIsThere({ facts, contract }: TableContext, count: number): TableFinding[] {
  const severity = severityFor("missing-column", "error", contract, null);
  const unknown = facts.columns.map((column) => column.name);
  if (severity === "off") return [];
  const alike = contract!.columns.filter((column) => unknown.some((name) => fold(name) === fold(column.name)));
  const hint =
    alike.length === 0
      ? "another table, or no header?"
      : `${alike.length} are there in another spelling (case, blanks, dashes)`;
  return [
    finding({
      check: "missing-column",
      severity,
      count,
      examples: unknown,
      message: `none of the ${count} columns of the contract is in the file, which has ${unknown
        .slice(0, 5)
        .map((name) => `'${name}'`)
        .join(", ")}${unknown.length > 5 ? ", …" : ""}: ${hint}`,
    }),
  ];
}

function likelyRenamed(
  { facts, contract }: TableContext,
  name: string,
  unknown: readonly string[],
): string | undefined {
  const reference = contract?.columns.find((column) => column.name === name)?.reference;
  if (reference === null || reference === undefined || reference.distinct < 3) return undefined;
  return unknown.find((other) => {
    const column = facts.columns.find((entry) => entry.name === other)!;
    return resemblance(column, facts, reference) > 0.9;
  });
}

export const unknownColumnCheck: TableCheck = {
  kind: "table",
  name: "unknown-column",
  group: "table",
  severity: "warning",
  says: "A column that the contract does not know (`unknown_columns: warning | error | info | off`). Whether it gives the label away is the business of `leak`.",
  run(context) {
    const { facts, contract } = context;
    if (contract === null || contract.unknownColumns === "off") return [];
    const severity = contract.severity["unknown-column"] ?? contract.unknownColumns;
    // Where no column is known, missing-column says it once.
    const another = !contract.columns.some((column) => facts.columns.some((seen) => seen.name === column.name));
    if (severity === "off" || (another && contract.columns.length > 1)) return [];
    return unknownNames(context).map((name) => {
      const shown =
        name === ""
          ? `column ${facts.columns.findIndex((c) => c.name === "") + 1} has no name`
          : `unknown column ${name}`;
      return finding({ check: "unknown-column", severity, column: name, message: shown });
    });
  },
};

export const columnOrderCheck: TableCheck = {
  kind: "table",
  name: "column-order",
  group: "table",
  severity: "info",
  says: "The columns are those of the contract in another order. Columns are taken by name, so this is a remark; `column_order: fixed` makes it an error.",
  run({ facts, contract }) {
    if (contract === null) return [];
    const severity = severityFor("column-order", contract.columnOrder === "fixed" ? "error" : "info", contract, null);
    const known = contract.columns.map((column) => column.name);
    const present = facts.columns.map((column) => column.name).filter((name) => known.includes(name));
    const expected = known.filter((name) => present.includes(name));
    if (severity === "off" || present.join("\0") === expected.join("\0")) return [];
    const at = present.findIndex((name, i) => name !== expected[i]);
    const findings: TableFinding[] = [
      finding({
        check: "column-order",
        severity,
        message: `the columns are in another order than in the contract (from column ${at + 1}: ${present[at]} instead of ${expected[at]}); they are taken by name`,
      }),
    ];
    return findings;
  },
};

/** Names that stand twice once case and blanks are ignored; exact repeats are found with the header. */
export const similarNamesCheck: TableCheck = {
  kind: "table",
  name: "similar-names",
  group: "table",
  severity: "warning",
  says: "Two columns have the same name but for case, blanks, dashes: engines that ignore case take one for the other. Also a column without a name, and names with blanks around them.",
  run({ facts, contract }) {
    const severity = severityFor("similar-names", "warning", contract, null);
    if (severity === "off") return [];
    const byFold = new Map<string, string[]>();
    for (const { name } of facts.columns) {
      if (name === "") continue;
      const names = byFold.get(fold(name)) ?? [];
      if (!names.includes(name)) names.push(name);
      byFold.set(fold(name), names);
    }
    const findings = [...byFold.values()]
      .filter((names) => names.length > 1)
      .map((names) =>
        finding({
          check: "similar-names",
          severity,
          column: names[0]!,
          examples: names,
          message: `columns ${names.map((name) => `'${name}'`).join(" and ")} differ only in case, blanks or dashes`,
        }),
      );
    const padded = facts.columns.map((column) => column.name).filter((name) => name !== name.trim());
    if (padded.length > 0) {
      findings.push(
        finding({
          check: "similar-names",
          severity,
          column: padded[0]!,
          count: padded.length,
          examples: padded,
          message: `${padded.length === 1 ? "a column name has" : `${padded.length} column names have`} blanks around it: ${padded
            .slice(0, 5)
            .map((name) => `'${name}'`)
            .join(", ")}`,
        }),
      );
    }
    return findings;
  },
};
