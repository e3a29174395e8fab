import type { Note } from "../findings.ts";
import type { PlannedEntry } from "./slice-plan.ts";

/** A warning for each entry that carries more than half of the weight, where there are others beside it. */
export function heavyEntryNotes(entries: readonly PlannedEntry[]): Note[] {
  if (entries.length < 2) return [];
  return entries
    .filter((entry) => entry.share > 0.5)
    .map((entry) => ({
      code: "slice-entry-heavy",
      severity: "warning",
      message: `slices.${entry.name} carries ${Math.round(entry.share * 100)}% of the weighted score${
        entry.slices.length > 1 ? `: ${entry.slices.length} slices, each with the entry's weight` : ""
      }`,
      mend: entry.slices.length > 1 ? [`share: true splits the weight among its slices by their rows`] : [],
    }));
}

/** @param columns those with few values, with how many they have */
export function noSlicesNote(columns: readonly { readonly column: string; readonly values: number }[]): Note {
  const lines = columns
    .toSorted((a, b) => a.values - b.values)
    .slice(0, 4)
    .map(({ column, values }) => `  ${key(column)}: { each: ${key(column)} }${" ".repeat(4)}# ${values} values`);
  return {
    code: "no-slices",
    severity: "warning",
    message: "the policy names no slices, so one average decides, and an average hides the slices that lose",
    mend: lines.length === 0 ? [] : ["slices:", ...lines],
  };
}

function key(name: string): string {
  return /^[A-Za-z_][\w .-]*$/.test(name) ? name : JSON.stringify(name);
}
