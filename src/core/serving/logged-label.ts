/** The unnamed label, and the column of the exported log that holds it. */
const unnamed = "label";
const prefix = "label_";

/** The column of the exported log that holds a label: `label_late` of `late`, `label` of one without a name. */
export function loggedLabelColumn(label: string): string {
  return label === unnamed ? unnamed : `${prefix}${label}`;
}

/** The label that a column of the exported log holds; null where it holds none. */
export function labelOfColumn(column: string): string | null {
  if (column === unnamed) return unnamed;
  return column.startsWith(prefix) ? column.slice(prefix.length) : null;
}
