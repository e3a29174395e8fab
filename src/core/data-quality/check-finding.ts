import type { Severity } from "../findings.ts";

/**
 * One thing that is wrong with (or worth knowing about) a file, in the form of the `umpire.check/1` document.
 * `message` is one sentence; what it counts is in `count`, where it is in `lines` (the first ones), how it looks in
 * `examples` (raw text as it stands in the file; escape it before printing).
 */
export interface CheckFinding {
  /** Name of the check in the catalogue. */
  readonly check: string;
  readonly severity: Severity;
  readonly column: string | null;
  readonly message: string;
  /** Rows, values or bytes concerned; null where counting makes no sense. */
  readonly count: number | null;
  /** Line numbers (rows of a Parquet file, from 1), ascending, at most {@link maxLines}. */
  readonly lines: readonly number[];
  readonly examples: readonly string[];
}

export type CheckOutcome = "ok" | "warning" | "error";

/** Most line numbers that a finding carries; `count` has the total. */
export const maxLines = 100;
/** Most distinct examples that a finding carries, and the longest text of one. */
export const maxExamples = 5;
export const maxExampleLength = 80;

/** Fills what a finding does not say: `finding({ check: "rows", severity: "error", message: "0 rows" })`. */
export function finding(
  parts: Pick<CheckFinding, "check" | "severity" | "message"> & Partial<CheckFinding>,
): CheckFinding {
  return {
    check: parts.check,
    severity: parts.severity,
    column: parts.column ?? null,
    message: parts.message,
    count: parts.count ?? null,
    lines: (parts.lines ?? []).slice(0, maxLines),
    examples: (parts.examples ?? []).slice(0, maxExamples).map(shorten),
  };
}

/** The worst severity decides; remarks (`info`) leave a file in order. */
export function outcomeOf(findings: readonly CheckFinding[]): CheckOutcome {
  if (findings.some((entry) => entry.severity === "error")) return "error";
  return findings.some((entry) => entry.severity === "warning") ? "warning" : "ok";
}

const severityOrder = { error: 0, warning: 1, info: 2 } as const;

/** Errors first, otherwise as found. */
export function sortFindings(findings: readonly CheckFinding[]): CheckFinding[] {
  return [...findings].sort((a, b) => severityOrder[a.severity] - severityOrder[b.severity]);
}

/** Cuts a long text for an example; the ellipsis says so. */
export function shorten(text: string): string {
  return text.length <= maxExampleLength ? text : `${text.slice(0, maxExampleLength - 1)}…`;
}

/** `3 rows`, `1 row`, `1,200 rows`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${thousands(count)} ${count === 1 ? one : many}`;
}

export function thousands(value: number): string {
  const [whole = "0", fraction] = String(Math.abs(value)).split(".");
  if (whole.includes("e")) return String(value);
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  return `${value < 0 ? "−" : ""}${grouped}${fraction === undefined ? "" : `.${fraction}`}`;
}

/** `line 12`, `lines 12, 402, 779`, `lines 2, 3, 4 and 97 more`. */
export function atLines(lines: readonly number[], count: number, shown = 6): string {
  if (lines.length === 0) return "";
  const listed = lines.slice(0, shown).map(String).join(", ");
  const more =
    count > Math.min(lines.length, shown) ? ` and ${thousands(count - Math.min(lines.length, shown))} more` : "";
  return `${count === 1 ? "line" : "lines"} ${listed}${more}`;
}
