/** A rule that mends one column (or, without a column, the raw text) of rows in quarantine. */
export type MendRule =
  | { readonly kind: "map"; readonly from: string; readonly to: string }
  | { readonly kind: "convert"; readonly multiply: number; readonly add: number }
  | { readonly kind: "trim" }
  | { readonly kind: "null" }
  | { readonly kind: "replace"; readonly pattern: string; readonly flags: string; readonly with: string }
  | { readonly kind: "drop" };

/** In words, for the trail. */
export function describeMend(rule: MendRule, column: string | null): string {
  const on = column === null ? "row" : column;
  switch (rule.kind) {
    case "map":
      return `${on}: map '${rule.from}' to '${rule.to}'`;
    case "convert":
      return `${on}: multiply by ${rule.multiply}${rule.add === 0 ? "" : ` and add ${rule.add}`}`;
    case "trim":
      return `${on}: trim blanks`;
    case "null":
      return `${on}: replace by null`;
    case "replace":
      return `${on}: replace /${rule.pattern}/${rule.flags} by '${rule.with}'`;
    case "drop":
      return `${on}: drop the row`;
  }
}

/**
 * The cell after the rule; null stands for an empty cell, and a cell that the rule does not concern is returned as it is.
 * @param text the cell as written, null where it was null
 */
export function mendCell(text: string | null, rule: MendRule): string | null {
  if (text === null) return rule.kind === "map" && rule.from === "" ? rule.to : null;
  switch (rule.kind) {
    case "map":
      return text === rule.from ? rule.to : text;
    case "convert":
      return convert(text, rule.multiply, rule.add);
    case "trim":
      return text.trim();
    case "null":
      return null;
    case "replace":
      return text.replace(new RegExp(rule.pattern, rule.flags), rule.with);
    case "drop":
      return text;
  }
}

/** Numbers only; the result keeps 12 significant digits, so that 480 / 12 is 40 and not 39.99999999999999. */
function convert(text: string, multiply: number, add: number): string {
  const trimmed = text.trim();
  const value = Number(trimmed);
  if (trimmed === "" || !Number.isFinite(value)) return text;
  return String(Number((value * multiply + add).toPrecision(12)));
}
