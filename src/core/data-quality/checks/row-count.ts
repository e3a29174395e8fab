import type { TableCheck } from "../check.ts";
import { finding, thousands } from "../check-finding.ts";
import { severityFor } from "../contract.ts";
import { figure } from "../words.ts";

export const noRowsCheck: TableCheck = {
  kind: "table",
  name: "no-rows",
  group: "table",
  severity: "error",
  says: "The file has a header or a schema and no row.",
  run({ facts, contract }) {
    const severity = severityFor("no-rows", "error", contract, null);
    if (facts.rows > 0 || severity === "off") return [];
    return [
      finding({
        check: "no-rows",
        severity,
        count: 0,
        message: `0 rows: the file has ${facts.columns.length > 0 ? `${facts.columns.length} columns and ` : ""}no data`,
      }),
    ];
  },
};

export const rowCountCheck: TableCheck = {
  kind: "table",
  name: "row-count",
  group: "table",
  severity: "warning",
  says: "The number of rows is not the usual one: outside of `rows`, or, once five loads were accepted, outside of what loads of this weekday, hour and month had (median plus or minus the spread of their logarithms).",
  run({ facts, contract, usual }) {
    const rows = facts.rows + facts.rejected;
    const severity = severityFor("row-count", "warning", contract, null);
    if (severity === "off" || rows === 0) return [];
    const limits = usual?.rows ?? contract?.rows ?? null;
    if (limits === null || (rows >= limits.from && rows <= limits.to)) return [];
    const base = limits.usual;
    const by = usual?.rows === undefined || usual.rows === null ? "the reference" : usual.rows.says;
    const compared =
      base === null || base === 0
        ? `${thousands(limits.from)} to ${thousands(limits.to)} are expected`
        : rows >= base
          ? `${figure(Number((rows / base).toPrecision(3)))} times ${by} (${thousands(base)})`
          : `${figure(Number(((100 * rows) / base).toPrecision(3)))}% of ${by} (${thousands(base)})`;
    return [
      finding({ check: "row-count", severity, count: rows, message: `row count ${thousands(rows)} is ${compared}` }),
    ];
  },
};

/** A file that ends without a line end where the reference had one, and is short: cut while it was written. */
export const truncatedCheck: TableCheck = {
  kind: "table",
  name: "truncated",
  group: "file",
  severity: "error",
  says: "The file stops early: its last row has fewer fields than the header and no line end, a compressed or Parquet file lacks its end, or the last line has no line end although the reference's had one and the file has less than nine tenths of the usual rows.",
  run({ facts, contract, usual }) {
    const severity = severityFor("truncated", "error", contract, null);
    const base = usual?.rows?.usual ?? contract?.rows?.usual ?? null;
    if (severity === "off" || facts.end === null || facts.end.newline || facts.source.format !== "csv") return [];
    if (base === null || contract?.file.finalNewline !== true || facts.rows >= base * 0.9) return [];
    return [
      finding({
        check: "truncated",
        severity,
        count: facts.rows,
        lines: [facts.end.line],
        message: `line ${facts.end.line} is the last and has no line end (its ${facts.columns.length} fields are there, the last of them may be cut), and there are ${thousands(facts.rows)} rows where the reference has ${thousands(base)}: likely truncated`,
      }),
    ];
  },
};

export const repeatsCheck: TableCheck = {
  kind: "table",
  name: "repeats",
  group: "reference",
  severity: "warning",
  says: "Rows repeat the content of other rows, key columns aside, far more often than the reference's did (`repeats`): a load that was appended twice, or copied under new ids. Without a reference, where more than half of the rows with distinct ids do.",
  run({ facts, contract }) {
    const severity = severityFor("repeats", "warning", contract, null);
    const { rows, exact, ignoring } = facts.repeats;
    if (severity === "off" || facts.rows < 20 || facts.columns.length < 4) return [];
    const share = rows / facts.rows;
    const limit = contract === null ? (ignoring.length > 0 ? 0.5 : 0.8) : contract.repeats;
    if (limit === null || share <= limit || rows < 10) return [];
    const aside = ignoring.length === 0 ? "" : ` (ignoring ${ignoring.join(", ")})`;
    return [
      finding({
        check: "repeats",
        severity,
        count: rows,
        message: `content repeats${aside}: ${exact ? "" : "about "}${thousands(rows)} of ${thousands(facts.rows)} rows equal an earlier one`,
      }),
    ];
  },
};
