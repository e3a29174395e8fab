import type { DuckDBConnection } from "@duckdb/node-api";
import type { CollectedEvidence, EvidenceRequest, RolloutEvidence } from "../../app/ports/rollout-evidence.ts";
import { armEvidence, type LabelSums } from "./arm-evidence.ts";
import { answerCuts } from "./answer-cuts.ts";
import { withEvents } from "./event-tables.ts";
import type { EventWindow, WindowWish } from "./event-window.ts";
import { EventWindows } from "./event-windows.ts";
import { observedTraffic } from "./observed-traffic.ts";
import { dueSql, keepLabels, labelWaits, loadLabels, presentOf } from "./rollout-labels.ts";
import { answerMeasures, labelMeasures } from "./rollout-measures.ts";
import { loadArms } from "./rollout-tables.ts";
import { sumUnits, UnitSums } from "./unit-sums.ts";

/** What is kept of a window between looks. */
interface Kept {
  readonly units: UnitSums;
  /** The last batch that is in the sums. */
  batch: number;
  labels: { readonly asked: string; readonly sums: LabelSums; readonly again: number } | null;
}

/**
 * Evidence of rollouts from the log in a folder, rotated or not, summed over units by DuckDB. What answers say is added up
 * as they come. What labels say of them changes as those come, and is summed anew.
 * @param labelPause while the clock of the question stands, labels are summed anew after so many times the time that it took
 */
export function createRolloutEvidence(folder: string, labelPause = 20): RolloutEvidence {
  const windows = new EventWindows(folder);
  const kept = new WeakMap<EventWindow, Kept>();
  const keptOf = (window: EventWindow): Kept => {
    const known = kept.get(window);
    if (known !== undefined) return known;
    const made: Kept = { units: new UnitSums(window.connection), batch: 0, labels: null };
    kept.set(window, made);
    return made;
  };
  return {
    collect: (request) =>
      windows.withWindow(wishOf(request), JSON.stringify(request), (window) =>
        collect(window, keptOf(window), request, labelPause),
      ),
    traffic: (request) =>
      withEvents(folder, (connection) => observedTraffic(connection, request), { threads: "1", memory_limit: "1GB" }),
  };
}

function wishOf({ model, since, guardrails }: EvidenceRequest): WindowWish {
  return { model, since, labels: [...new Set(guardrails.flatMap(({ label }) => (label === null ? [] : [label])))] };
}

async function collect(
  window: EventWindow,
  kept: Kept,
  request: EvidenceRequest,
  labelPause: number,
): Promise<CollectedEvidence> {
  const { connection } = window;
  const { champion, challenger, guardrails, windows } = request;
  let { cuts } = request;
  if (cuts === null) {
    await loadArms(connection, request, 0);
    cuts = await answerCuts(connection);
  }
  const measures = answerMeasures(guardrails, cuts);
  const shape = JSON.stringify({ champion, challenger, windows, measures });
  const load = (all: boolean): Promise<void> => loadArms(connection, request, all ? 0 : kept.batch + 1);
  const answers = { measures, sums: await kept.units.add(shape, measures, load) };
  kept.batch = window.batch;
  const asked = JSON.stringify({ champion, challenger, windows, guardrails, now: request.now });
  if (kept.labels?.asked !== asked || performance.now() >= kept.labels.again) {
    const started = performance.now();
    const sums = await sumLabels(connection, request);
    const ended = performance.now();
    kept.labels = { asked, sums, again: ended + labelPause * (ended - started) };
  }
  const labels = kept.labels.sums;
  const steps = windows.map(({ position, cohort, share }, w) => {
    const control = armEvidence(champion, w, 0, answers, labels);
    const treatment = armEvidence(challenger, w, 1, answers, labels);
    return { position, cohort: cohort ?? "all", share, control, treatment };
  });
  return { steps, cuts };
}

async function sumLabels(connection: DuckDBConnection, request: EvidenceRequest): Promise<LabelSums> {
  const { guardrails } = request;
  if (guardrails.every(({ label }) => label === null)) return { guardrails, waits: [], measures: [], sums: new Map() };
  await loadArms(connection, request, 0);
  await loadLabels(connection, guardrails);
  const newest = await presentOf(connection, request.now);
  const waits = await labelWaits(connection, guardrails, newest);
  await keepLabels(connection, guardrails, waits);
  const due = waits.map((wait) => dueSql(wait, newest));
  const measures = labelMeasures(guardrails, due);
  const sums = await sumUnits(connection, measures);
  return { guardrails, waits, measures, sums };
}
