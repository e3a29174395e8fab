/** Rows as CSV (RFC 4180) or JSON lines; the columns are those of the first row. */
export function createRowWriter(
  format: "csv" | "jsonl",
): (rows: readonly Readonly<Record<string, unknown>>[]) => string {
  if (format === "jsonl") return (rows) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  let columns: readonly string[] | null = null;
  return (rows) => {
    let text = "";
    for (const row of rows) {
      if (columns === null) {
        columns = Object.keys(row);
        text += `${columns.map(cell).join(",")}\n`;
      }
      text += `${columns.map((name) => cell(row[name])).join(",")}\n`;
    }
    return text;
  };
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return "";
  const text = typeof value === "object" ? JSON.stringify(value) : String(value as string | number | boolean);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
