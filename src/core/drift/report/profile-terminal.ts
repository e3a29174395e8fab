import type { Profile } from "../../profile/profile.ts";
import { distinctValues, momentSummary, profileQuantile, topValues } from "../../profile/summary.ts";
import { missingRows } from "../../profile/column-profile.ts";
import { dayWords } from "../../report/time-words.ts";
import { fit, padEnd, padStart } from "../../report/text-width.ts";
import { columnPicture } from "../picture.ts";
import { formatNumber, formatShare } from "../plain-answer.ts";
import { sparklines } from "./drift-terminal.ts";

/** The columns of a profile for a terminal, one line each. */
export function renderProfileTerminal(
  profile: Profile,
  name: string,
  look: {
    readonly width: number;
    readonly quiet: (text: string) => string;
    readonly record: readonly string[];
    readonly periods: number;
  },
): string {
  const nameWidth = Math.min(24, Math.max(8, ...profile.columns.map((column) => column.frame.name.length)));
  const periods = look.periods > 1 ? ` · ${look.periods} periods` : "";
  const head = ` ${padEnd("columns", nameWidth)}  ${padEnd("kind", 8)} ${padStart("missing", 7)} ${padStart("distinct", 9)}  ${padEnd("shape", 12)}  values`;
  const lines = [
    "",
    fit(` ${name} · ${formatNumber(profile.rows)} rows, ${profile.columns.length} columns${periods}`, look.width),
    "",
    look.quiet(head),
  ];
  for (const column of profile.columns) {
    const frame = column.frame;
    const missing = formatShare(missingRows(column) / Math.max(1, column.rows));
    const shape = frame.identifier || frame.kind === "time" ? "" : sparklines(columnPicture(column, column))[0];
    const start = ` ${padEnd(fit(frame.name, nameWidth), nameWidth)}  ${padEnd(frame.kind, 8)} ${padStart(missing, 7)} ${padStart(formatNumber(distinctValues(column)), 9)}  ${padEnd(shape, 12)}  `;
    lines.push(start + fit(valuesOf(column), Math.max(20, look.width - nameWidth - 45)));
  }
  if (look.record.length > 0) lines.push("", ` record   ${look.record.join("   ")}`);
  return `${lines.join("\n")}\n`;
}

function valuesOf(column: Profile["columns"][number]): string {
  const frame = column.frame;
  if (frame.kind === "time") {
    return column.min <= column.max
      ? `${dayWords(new Date(column.min).toISOString())} to ${dayWords(new Date(column.max).toISOString())}`
      : "";
  }
  if (frame.identifier) return "an identifier";
  if (frame.kind === "category" || frame.kind === "boolean") {
    const filled = Math.max(1, column.rows - column.nulls);
    return topValues(column, 4)
      .map(({ value, count }) => `${value} ${formatShare(count / filled)}`)
      .join(", ");
  }
  const { mean, sd } = momentSummary(column);
  const middle = formatNumber(profileQuantile(column, 0.5));
  const range = column.min <= column.max ? `${formatNumber(column.min)} to ${formatNumber(column.max)}` : "no values";
  const prefix = frame.kind === "text" ? "length " : "";
  return `${prefix}${range}, median ${middle}, mean ${formatNumber(mean)}, sd ${formatNumber(sd)}`;
}
