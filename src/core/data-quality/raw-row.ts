/** How the raw text of a row is taken apart and put together again. */
export interface RowLayout {
  /** Null for JSON objects. */
  readonly delimiter: string | null;
  readonly columns: readonly string[];
}

/** Fields of one CSV row, quotes undone. */
export function splitRow(raw: string, delimiter: string): string[] {
  const fields: string[] = [];
  let field = "";
  let quoted = false;
  for (let i = 0; i < raw.length; i++) {
    const char = raw[i]!;
    if (quoted) {
      if (char !== '"') field += char;
      else if (raw[i + 1] === '"') field += raw[++i];
      else quoted = false;
    } else if (char === '"' && field === "") quoted = true;
    else if (char === delimiter) {
      fields.push(field);
      field = "";
    } else field += char;
  }
  fields.push(field);
  return fields;
}

/** Quotes what needs it; the inverse of {@link splitRow}. */
export function joinRow(fields: readonly string[], delimiter: string): string {
  return fields
    .map((field) => (field.includes(delimiter) || /["\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field))
    .join(delimiter);
}

/**
 * The row with one cell changed; null where the row has no such cell (ragged, not JSON).
 * @param change from the cell as written (null where it is null) to the new one
 */
export function changeCell(
  raw: string,
  layout: RowLayout,
  column: string,
  change: (cell: string | null) => string | null,
): string | null {
  if (layout.delimiter === null) return changeKey(raw, column, change);
  const index = layout.columns.indexOf(column);
  const fields = splitRow(raw, layout.delimiter);
  if (index === -1 || fields.length !== layout.columns.length) return null;
  const cell = fields[index]!;
  const after = change(cell === "" ? null : cell);
  if ((after ?? "") === cell) return raw;
  return joinRow(fields.with(index, after ?? ""), layout.delimiter);
}

/** In JSON a cell keeps its type: what reads as a number where a number stood (or should) becomes one. */
function changeKey(raw: string, column: string, change: (cell: string | null) => string | null): string | null {
  let value: unknown;
  try {
    value = JSON.parse(raw);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const record = value as Record<string, unknown>;
  const before = record[column];
  const text =
    before === null || before === undefined ? null : typeof before === "string" ? before : JSON.stringify(before);
  const after = change(text);
  if (after === text) return raw;
  const number = after !== null && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(after.trim()) ? Number(after) : null;
  return JSON.stringify({ ...record, [column]: after === null ? null : (number ?? after) });
}
