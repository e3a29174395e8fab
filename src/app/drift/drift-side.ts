import type { CompareSide } from "../../core/drift/compare-sides.ts";
import type { SideFacts } from "../../core/drift/drift-document.ts";
import type { DriftWindow } from "../../core/drift/drift-window.ts";
import type { PeriodName } from "../../core/drift/periods.ts";
import { sortedValues } from "../../core/drift/sorted-values.ts";
import { collectProfile } from "../profile/collect-profile.ts";
import { readSavedProfile } from "../profile/profile-file.ts";
import { requestsOf } from "./match-columns.ts";
import { collectSaved } from "./saved-side.ts";
import type { CollectedSide, DriftTools, Side, SideRequest } from "./side.ts";

export async function openSide(paths: readonly string[], tools: DriftTools): Promise<Side> {
  if (paths.length === 1) {
    const saved = await readSavedProfile(paths[0]!);
    if (saved !== null) return { saved, path: paths[0]! };
  }
  return { source: await tools.reader.open(paths) };
}

export async function fingerprintOf(side: Side): Promise<string | null> {
  return "source" in side ? side.source.fingerprint() : side.saved.document.source.fingerprint;
}

export async function rowsOf(side: Side): Promise<number> {
  if ("source" in side) return side.source.countRows();
  return side.saved.profiles.reduce((sum, profile) => sum + profile.rows, 0);
}

export async function collectSide(side: Side, request: SideRequest): Promise<CollectedSide> {
  if ("saved" in side) return collectSaved(side, request);
  const present = new Set(side.source.columns.map((column) => column.name));
  const columns =
    request.frame === null
      ? request.names.map((name) => ({ name, as: "auto" as const }))
      : requestsOf(request.frame, new Set(request.names));
  const time = request.time;
  const all =
    time === null
      ? columns
      : [...columns.filter((column) => column.name !== time), { name: time, as: "time" as const }].filter(({ name }) =>
          present.has(name),
        );
  const collected = await collectProfile(side.source, {
    columns: all,
    frame: request.frame,
    frameOptions: { text: request.text },
    time,
    by: request.by,
    runRows: request.runRows,
    sampleRows: request.limit,
    onProgress: (done, total) => request.tools.progress(request.what, done, total),
    signal: request.tools.signal,
  });
  return { ...collected, lost: new Map(), says: [] };
}

export function compareSide(
  side: CollectedSide,
  origin: Pick<SideFacts, "files" | "fingerprint">,
  exact: boolean,
  by: PeriodName | null,
): CompareSide {
  const windows: readonly DriftWindow[] = by === null ? side.runs : side.periods;
  const facts: SideFacts = {
    ...origin,
    rows: side.whole.rows,
    period:
      side.first === null || side.last === null
        ? null
        : [new Date(side.first).toISOString(), new Date(side.last).toISOString()],
  };
  return {
    facts,
    whole: side.whole,
    sample: side.sample,
    sorted: (name) =>
      exact && side.sample !== null && side.sample.complete ? sortedValues(side.sample, side.frame, name) : null,
    windows,
    trail: side.periods,
  };
}
