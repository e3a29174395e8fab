import type { RowReason } from "../../core/data-quality/run-row-rules.ts";
import type { QuarantinedRow, QuarantineRun, QuarantineStore, TrailEntry } from "../ports/quarantine-store.ts";

export type RowState = "waiting" | "mended" | "released" | "dropped";

/** A row as it is now: the original, what was done to it, what is still wrong. */
export interface CurrentRow extends QuarantinedRow {
  readonly state: RowState;
  /** The text after the last mend; `raw` stays what stood in the file. */
  readonly current: string;
  readonly remaining: readonly RowReason[];
}

/** Rows of a run with everything that the trail says about them. */
export async function currentRows(store: QuarantineStore, run: string): Promise<CurrentRow[]> {
  const trail = (await store.trail()).filter((entry) => entry.run === run);
  const rows: CurrentRow[] = [];
  for await (const row of store.rows(run))
    rows.push({ ...row, state: "waiting", current: row.raw, remaining: row.reasons });
  const byId = new Map(rows.map((row, i) => [row.id, i]));
  for (const entry of trail) {
    for (const id of entry.ids) {
      const i = byId.get(id);
      if (i !== undefined) rows[i] = applied(rows[i]!, entry);
    }
  }
  return rows;
}

function applied(row: CurrentRow, entry: TrailEntry): CurrentRow {
  if (entry.action === "release") return { ...row, state: "released" };
  if (entry.action === "drop") return { ...row, state: "dropped" };
  const mended = entry.mended?.[String(row.id)];
  if (mended === undefined) return row;
  return {
    ...row,
    current: mended.raw,
    remaining: mended.reasons,
    state: mended.reasons.length === 0 ? "mended" : "waiting",
  };
}

/** One line of the diagnosis: how many rows, for which reason, in which column, in which runs. */
export interface Diagnosis {
  readonly check: string;
  readonly column: string | null;
  readonly rows: number;
  readonly runs: readonly { readonly run: string; readonly at: number; readonly rows: number }[];
}

/** Rows (or refused files) by reason and column over the runs, most frequent first. */
export async function diagnose(store: QuarantineStore, runs: readonly QuarantineRun[]): Promise<Diagnosis[]> {
  const found = new Map<
    string,
    { check: string; column: string | null; runs: Map<string, { at: number; rows: number }> }
  >();
  const count = (run: QuarantineRun, check: string, column: string | null, rows: number): void => {
    const key = `${check}\0${column ?? ""}`;
    const entry = found.get(key) ?? { check, column, runs: new Map<string, { at: number; rows: number }>() };
    const inRun = entry.runs.get(run.run) ?? { at: run.at, rows: 0 };
    inRun.rows += rows;
    entry.runs.set(run.run, inRun);
    found.set(key, entry);
  };
  for (const run of runs) {
    if (run.refused) for (const { check, column } of run.because) count(run, check, column, run.read);
    else
      for await (const row of store.rows(run.run))
        for (const { check, column } of row.reasons) count(run, check, column, 1);
  }
  return [...found.values()]
    .map(({ check, column, runs: inRuns }) => ({
      check,
      column,
      rows: [...inRuns.values()].reduce((sum, { rows }) => sum + rows, 0),
      runs: [...inRuns].map(([run, facts]) => ({ run, ...facts })).sort((a, b) => a.at - b.at),
    }))
    .sort((a, b) => b.rows - a.rows);
}
