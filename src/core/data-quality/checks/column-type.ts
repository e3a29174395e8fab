import type { TableCheck, TableFinding } from "../check.ts";
import { finding } from "../check-finding.ts";
import { type ColumnType, severityFor } from "../contract.ts";
import { columnNamed } from "../table-facts.ts";

/** Formats that declare types: the declaration itself is wrong. */
export const columnTypeCheck: TableCheck = {
  kind: "table",
  name: "column-type",
  group: "table",
  severity: "error",
  says: "The type that the file itself declares for a column (Parquet) is of another kind than the contract's: text for numbers, numbers for times. Integers where numbers are expected are welcome; floating numbers where integers are expected are, as long as they are whole.",
  run({ facts, contract }) {
    return (contract?.columns ?? []).flatMap((column) => {
      const seen = columnNamed(facts, column.name);
      const severity = severityFor("column-type", "error", contract, column);
      if (seen === null || seen.declaredType === null || severity === "off") return [];
      const declared = kindOf(seen.declaredType);
      if (declared === null || fits(column.type, declared)) return [];
      const result: TableFinding = {
        ...finding({
          check: "column-type",
          severity,
          column: column.name,
          count: seen.rows,
          examples: seen.firsts.flatMap((firsts) => firsts.examples).filter((text) => text !== ""),
          message: `${column.name}: type ${words[declared]} (${seen.declaredType}), expected ${words[column.type]}`,
        }),
        explains: { columns: [column.name], checks: ["type", "values", "range", "length", "pattern"] },
      };
      return [result];
    });
  },
};

const words: Readonly<Record<ColumnType, string>> = {
  integer: "int64",
  number: "double",
  boolean: "boolean",
  text: "string",
  time: "timestamp",
  any: "any",
};

function kindOf(type: string): ColumnType | null {
  if (/^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$/.test(type)) return "integer";
  if (/^(FLOAT|DOUBLE|DECIMAL)/.test(type)) return "number";
  if (type === "BOOLEAN") return "boolean";
  if (type === "VARCHAR" || type.startsWith("ENUM") || type === "UUID") return "text";
  return /^(DATE|TIMESTAMP)/.test(type) ? "time" : null;
}

function fits(wanted: ColumnType, declared: ColumnType): boolean {
  if (wanted === declared || wanted === "any") return true;
  if (wanted === "number" || wanted === "integer") return declared === "integer" || declared === "number";
  return wanted === "boolean" && declared === "integer";
}
