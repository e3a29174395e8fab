import type { ServingTelemetry } from "../ports/serving-telemetry.ts";
import type { RowReply } from "./predict-request.ts";

/** Counts the rows of a request by version, arm and how they ended. */
export function countRows(
  telemetry: ServingTelemetry,
  model: string,
  rows: readonly RowReply[],
  milliseconds: number,
): void {
  const seconds = milliseconds / 1000;
  for (const row of rows) {
    if (row.rejected.length > 0) telemetry.rejected(model, row.rejected[0]!.check);
    for (const effect of row.overrides) telemetry.override(model, effect.kind);
  }
  const [first] = rows;
  if (first === undefined) return;
  const outcome = outcomeOf(first);
  if (rows.every((row) => row.version === first.version && row.arm === first.arm && outcomeOf(row) === outcome)) {
    telemetry.prediction(
      { model, version: first.version ?? "none", variant: first.arm, outcome },
      rows.length,
      seconds,
    );
    return;
  }
  const counts = new Map<string, { row: RowReply; count: number }>();
  for (const row of rows) {
    const key = `${row.version}\u0000${row.arm}\u0000${outcomeOf(row)}`;
    const entry = counts.get(key);
    if (entry === undefined) counts.set(key, { row, count: 1 });
    else entry.count++;
  }
  for (const { row, count } of counts.values()) {
    telemetry.prediction(
      { model, version: row.version ?? "none", variant: row.arm, outcome: outcomeOf(row) },
      count,
      seconds,
    );
  }
}

function outcomeOf(row: RowReply): "ok" | "fallback" | "rejected" {
  if (row.rejected.length > 0) return "rejected";
  return row.fallback === null ? "ok" : "fallback";
}
