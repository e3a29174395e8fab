import type { ColumnContract, ColumnReference, Contract, RowCondition } from "../../core/data-quality/contract.ts";

/** Writes a contract as a file that people read and edit: one block a column, what machines keep in one line each. */
export function writeContract(contract: Contract, says: string): string {
  const lines = [
    `# ${says.replace(/[\r\n]+/g, " ")}`,
    "# Edit it: owner, meaning and unit are yours to fill in, limits yours to tighten. What each check does: umpire check --list.",
    `contract: ${scalar(contract.name)}`,
    `version: ${contract.version}`,
    `owner: ${scalar(contract.owner ?? "")}              # whom to call when a file is refused`,
  ];
  if (contract.meaning !== null) lines.push(`meaning: ${scalar(contract.meaning)}`);
  const { format, delimiter, finalNewline } = contract.file;
  const file = pairs({ format, delimiter, final_newline: finalNewline });
  if (file !== "") lines.push(`file: { ${file} }`);
  if (contract.rows !== null) {
    const { usual, from, to } = contract.rows;
    lines.push(
      `rows: { ${pairs({ usual, from, to: Number.isFinite(to) ? to : null })} }   # of one file; after five accepted loads the usual is learnt`,
    );
  }
  lines.push(`bad_rows: ${contract.badRows}                # a larger share of bad rows refuses the whole file`);
  if (contract.key.length > 0) lines.push(`key: [${contract.key.map(scalar).join(", ")}]`);
  if (contract.label !== null) lines.push(`label: ${scalar(contract.label)}`);
  if (contract.time !== null) {
    const { column, ordered, gap, age } = contract.time;
    lines.push(
      `time: { ${pairs({ column, ordered, gap: gap === null ? null : durationText(gap), age: age === null ? null : durationText(age) })} }   # age: 36h asks for fresh rows`,
    );
  }
  if (contract.columnOrder !== "any") lines.push(`column_order: ${contract.columnOrder}`);
  lines.push(`unknown_columns: ${contract.unknownColumns}`);
  if (contract.repeats !== null)
    lines.push(
      `repeats: ${contract.repeats}                  # share of rows that may repeat another's content, key aside`,
    );
  if (Object.keys(contract.severity).length > 0) lines.push(`severity: { ${pairs(contract.severity)} }`);
  lines.push("", "columns:");
  for (const column of contract.columns) lines.push(...columnLines(column));
  lines.push("", "# Across columns; a row that breaks a rule of severity error is bad. For example:");
  lines.push("#   - { name: end after start, ordered: [start, end] }");
  lines.push("#   - { name: refunds are negative, when: { kind: refund }, holds: { amount: { below: 0 } } }");
  const rules = contract.rules.flatMap(ruleLine);
  lines.push(...(rules.length === 0 ? ["rules: []"] : ["rules:", ...rules]));
  return `${lines.join("\n")}\n`;
}

function columnLines(column: ColumnContract): string[] {
  const lines = [`  ${key(column.name)}:`];
  const put = (name: string, value: string): void => void lines.push(`    ${name}: ${value}`);
  put("type", column.type);
  if (column.format !== null && column.format !== "iso") put("format", column.format);
  if (!column.required) put("required", "false");
  if (column.meaning !== null) put("meaning", scalar(column.meaning));
  if (column.unit !== null) put("unit", scalar(column.unit));
  if (column.nulls !== null) put("nulls", String(column.nulls));
  if (column.range !== null) put("range", `{ ${pairs(column.range)} }`);
  if (column.values !== null)
    put("values", `{ any: [${column.values.any.map(scalar).join(", ")}], unseen: ${column.values.unseen} }`);
  if (column.pattern !== null) put("pattern", scalar(column.pattern));
  if (column.length !== null) put("length", `{ ${pairs(column.length)} }`);
  if (column.unique) put("unique", "true");
  if (column.proportions !== null) {
    const entries = Object.entries(column.proportions).map(
      ([value, limits]) => `${quote(value)}: { ${pairs(limits)} }`,
    );
    put("proportions", `{ ${entries.join(", ")} }`);
  }
  if (Object.keys(column.severity).length > 0) put("severity", `{ ${pairs(column.severity)} }`);
  if (column.reference !== null) put("reference", referenceText(column.reference));
  return lines;
}

function referenceText(reference: ColumnReference): string {
  const { rows, nulls, distinct, mean, quantiles, top, withLabel, longestRun } = reference;
  const parts = [pairs({ rows, nulls, distinct, mean, with_label: withLabel, longest_run: longestRun })];
  if (quantiles !== null) parts.push(`quantiles: [${quantiles.join(", ")}]`);
  if (top !== null)
    parts.push(
      `top: { ${Object.entries(top)
        .map(([text, share]) => `${quote(text)}: ${share}`)
        .join(", ")} }`,
    );
  return `{ ${parts.join(", ")} }`;
}

function pairs(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => `${name}: ${scalar(value as string | number | boolean)}`)
    .join(", ");
}

function key(name: string): string {
  return /^[A-Za-z_][\w-]*$/.test(name) && !/^(null|true|false|yes|no|on|off|y|n)$/i.test(name) ? name : quote(name);
}

/** A scalar that YAML 1.2 reads back as what it is. */
function scalar(value: string | number | boolean): string {
  if (typeof value !== "string") return String(value);
  return /^[A-Za-z_][A-Za-z0-9_/ -]*[A-Za-z0-9_]$|^[A-Za-z_]$/.test(value) &&
    !/^(null|true|false|yes|no|on|off|y|n|nan|inf)$/i.test(value)
    ? value
    : quote(value);
}

/** JSON strings are YAML strings; characters that YAML cannot hold are escaped. */
function quote(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function durationText(milliseconds: number): string {
  for (const [unit, size] of [
    ["d", 86_400_000],
    ["h", 3_600_000],
    ["min", 60_000],
  ] as const) {
    if (milliseconds % size === 0 && milliseconds > 0) return `${milliseconds / size}${unit}`;
  }
  return `${Math.ceil(milliseconds / 1000)}s`;
}

/** Conditions (`holds`) are never inferred, so they need not be written. */
function ruleLine(rule: RowCondition): string[] {
  const base = `name: ${scalar(rule.name)}, severity: ${rule.severity}`;
  const list = (names: readonly string[]): string => `[${names.map(scalar).join(", ")}]`;
  if (rule.kind === "sum")
    return [
      `  - { ${base}, sum: ${list(rule.columns)}, equals: ${scalar(rule.equals)}, tolerance: ${rule.tolerance} }`,
    ];
  return rule.kind === "ordered" ? [`  - { ${base}, ordered: ${list(rule.columns)} }`] : [];
}
