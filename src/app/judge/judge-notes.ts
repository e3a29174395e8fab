import type { Note } from "../../core/findings.ts";
import type { Policy } from "../../schemas/policy/policy.ts";
import type { Scored } from "../scoring/scored.ts";
import type { ModelThreshold } from "./thresholds.ts";

/** What a reader of the verdict should know of how the rows were taken. */
export function judgeNotes(
  policy: Policy,
  scored: Pick<Scored, "rowsWithoutLabel">,
  thresholds: readonly ModelThreshold[],
): Note[] {
  return [...unitNotes(policy), ...labelNotes(policy, scored), ...thresholdNotes(policy, thresholds)];
}

function unitNotes(policy: Policy): Note[] {
  const { unit } = policy.columns;
  if (unit.source === "policy") return [];
  const mend = ["columns:", "  unit: THE COLUMN OF WHAT COMES BACK (user, customer, device)"];
  if (unit.source === "group") {
    const message = "lists were taken as independent units; if users have several lists, name the user as the unit";
    return [{ code: "unit-is-list", severity: "info", message, mend }];
  }
  const message =
    "rows were taken as independent, because the policy names no unit; if users have many rows, the intervals are too narrow";
  return [{ code: "unit-is-row", severity: "warning", message, mend }];
}

/** Rows whose unit is not known are one unit together: said, because many of them would weigh as one. */
export function unitNullNotes(policy: Policy, rows: number): Note[] {
  if (rows === 0) return [];
  const unit = policy.columns.unit.columns.join(", ");
  const message = `${rows.toLocaleString("en-US")} rows have no ${unit}; together they count as one unit`;
  return [
    {
      code: "unit-is-null",
      severity: "warning",
      message,
      mend: ["fill the unit, or leave those rows out of the data"],
    },
  ];
}

function labelNotes(policy: Policy, scored: Pick<Scored, "rowsWithoutLabel">): Note[] {
  if (scored.rowsWithoutLabel === 0) return [];
  const rows = scored.rowsWithoutLabel.toLocaleString("en-US");
  const message = `${rows} rows without a ${policy.columns.label} were left out`;
  return [{ code: "rows-without-label", severity: "warning", message }];
}

function thresholdNotes(policy: Policy, thresholds: readonly ModelThreshold[]): Note[] {
  const learnt = thresholds.filter((threshold) => threshold.learnt);
  if (learnt.length === 0) return [];
  const { threshold } = policy;
  const aim =
    threshold.kind === "minimal-cost"
      ? "minimal cost"
      : threshold.kind === "fixed"
        ? ""
        : `${threshold.kind} ${threshold.value}`;
  const values = learnt.map(({ name, value }) => `${name} ${Number(value.toPrecision(6))}`).join(", ");
  const message = `thresholds learnt for ${aim}: ${values}; metrics use cross-fitted ones, so that no unit chose its own`;
  return [{ code: "learnt-threshold", severity: "info", message }];
}
