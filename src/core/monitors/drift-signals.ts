import type { Signal } from "../alerts/alert.ts";
import type { DriftDocument } from "../drift/drift-document.ts";
import { dayWords } from "../report/time-words.ts";

/** A slice of live traffic and what became of its features. */
export interface CohortDrift {
  readonly slice: string;
  /** The slice blocks a release: its drift is an error, that of others a warning. */
  readonly blocking: boolean;
  readonly document: Pick<DriftDocument, "outcome" | "reason" | "columns">;
}

/** What a look at a model's cohorts says to the alarms. */
export interface LookSignals {
  readonly signals: readonly Signal[];
  /** Keys of alarms whose cause was looked for and is not there. */
  readonly quiet: readonly string[];
}

/** The name of the alarm of a slice's features. */
export function driftKey(model: string, slice: string): string {
  return `drift:${model}/${slice}`;
}

/** One alarm a slice, naming the columns that moved, first what harms the model most (importance times effect); a slice without enough data says nothing. */
export function driftSignals(model: string, owner: string | null, cohorts: readonly CohortDrift[]): LookSignals {
  const signals: Signal[] = [];
  const quiet: string[] = [];
  for (const { slice, blocking, document } of cohorts) {
    const key = driftKey(model, slice);
    if (document.outcome === "no-drift") quiet.push(key);
    if (document.outcome !== "drift") continue;
    const moved = document.columns
      .filter(({ drifted }) => drifted === true)
      .toSorted((a, b) => (b.impact ?? b.effect ?? 0) - (a.impact ?? a.effect ?? 0));
    const since = moved.map((column) => column.since).filter((time) => time !== null);
    const first = since.toSorted()[0];
    signals.push({
      key,
      severity: blocking ? "error" : "warning",
      model,
      owner,
      // What moved may be no single column: the joint tests, a column that is gone.
      message:
        moved.length === 0
          ? `${slice}: ${document.reason}`
          : `${slice}: ${moved.slice(0, 4).map(columnWords).join(", ")}${moved.length > 4 ? ` and ${moved.length - 4} more` : ""} drifted${first === undefined ? "" : ` since ${dayWords(first)}`}`,
      actions: [`umpire retrain --model ${model}`, `umpire alerts snooze "${key}" 24h`],
    });
  }
  return { signals, quiet };
}

function columnWords({ name, effect }: DriftDocument["columns"][number]): string {
  return effect === null ? name : `${name} (effect ${effect.toFixed(2)})`;
}
