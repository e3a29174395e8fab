import { checks } from "./catalog.ts";
import type { CheckWords } from "./check.ts";

const groups: readonly (readonly [CheckWords["group"], string, string])[] = [
  ["file", "The file", "Found while the bytes are read. Nothing here needs a contract."],
  ["table", "The table", "Columns, rows, time and order of the whole file."],
  ["column", "Columns", "Each column by itself."],
  ["across", "Across columns", "Rules of the contract that look at several columns of a row."],
  ["reference", "Against the reference", "What the reference data looked like says what no rule can."],
];

/** `docs/reference/checks.md`, from the catalogue. */
export function checksReference(): string {
  const lines = [
    "# Checks",
    "",
    "Every check of `umpire check`, in the order in which findings are shown. Generated from the catalogue in `src/core/data-quality/catalog.ts`.",
    "",
    "A finding has a check, a severity, a column, a message, a count, line numbers and examples. `error` makes the command end with 1, `warning` and `info` do not. A contract changes the severity of a check for all columns or for one, or switches it off:",
    "",
    "```yaml",
    "severity: { row-count: error, null-words: off }",
    "columns:",
    "  age:",
    "    type: integer",
    "    severity: { range: warning }",
    "```",
    "",
    "Checks marked *row* decide row by row: with severity `error`, a failing row goes to quarantine and the rest of the file goes on. Errors of all others refuse the file as a whole, except for lines that cannot be read as rows (`field-count`, `quotes`, `repeated-header`, `footer`, `invalid-json`, invalid UTF-8), which go to quarantine as they are.",
  ];
  for (const [group, title, says] of groups) {
    lines.push("", `## ${title}`, "", says, "", "| check | severity | what it finds |", "| --- | --- | --- |");
    for (const check of checks.filter((each) => each.group === group)) {
      lines.push(
        `| \`${check.name}\`${check.kind === "row" ? " *row*" : ""} | ${check.severity} | ${check.says.replaceAll("|", "\\|")} |`,
      );
    }
  }
  return `${lines.join("\n")}\n`;
}
