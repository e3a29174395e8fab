/** A column's name as exporters write it: all but letters of ASCII, digits and `_` become `_` (`f one` is `f_one`). */
export function exportedName(column: string): string {
  return column.replace(/[^A-Za-z0-9_]/g, "_");
}

/**
 * The column that an input of a model stands for: the one of its name, else the only one that an exporter would have
 * renamed to it; undefined where there is none, or several.
 */
export function columnOfInput(input: string, columns: readonly string[]): string | undefined {
  if (columns.includes(input)) return input;
  if (exportedName(input) !== input) return undefined;
  const renamed = columns.filter((column) => exportedName(column) === input);
  return renamed.length === 1 ? renamed[0] : undefined;
}
