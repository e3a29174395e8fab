import { thousands } from "../../core/data-quality/check-finding.ts";

const footerWords =
  /^\W*((grand |sub-?)?totals?\b|sums?\b|averages?\b|counts?\b|end of (file|report|data|export)|eof\b|(number of )?(rows|records|lines)\b|rowcount|generated (on|at|by)|exported (on|at|by)|source:|note:|\*{3,}|-{3,}|={3,}|\(?[\d,]+ (rows?|records?|lines?)\b)/i;

/** True for a last line that sums up or signs off: its first filled field says so, and other fields are mostly empty. */
export function isFooter(text: string, delimiter: string): boolean {
  const fields = text.split(delimiter).map((field) => field.replace(/^"|"$/g, "").trim());
  const first = fields.find((field) => field !== "") ?? "";
  if (!footerWords.test(first)) return false;
  return (
    fields.length <= 2 ||
    fields.filter((field) => field === "").length >= (fields.length - 1) / 3 ||
    fields.slice(1).every((field) => /^[\d.,%-]*$/.test(field))
  );
}

/** `4 rows with a field count other than 15: lines 51, 52, 201, 734 (13, 16 and 18 fields)`. */
export function describeRagged(
  count: number,
  wanted: number,
  where: string,
  sizes: readonly number[],
  known: boolean,
): string {
  const distinct = [...new Set(sizes)].sort((a, b) => a - b);
  const listed = known && distinct.length > 0 ? ` (${distinct.join(", ")} fields)` : "";
  return `${thousands(count)} ${count === 1 ? "row" : "rows"} with a field count other than ${wanted}: ${where}${listed}`;
}
