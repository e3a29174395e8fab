import type { DuckDBConnection } from "@duckdb/node-api";
import type { CollectedEvidence, EvidenceRequest, RolloutEvidence } from "../../app/ports/rollout-evidence.ts";
import { noArm } from "../../core/rollout/stage-evidence.ts";
import { answerCuts } from "./answer-cuts.ts";
import { withEvents } from "./event-tables.ts";
import type { WindowWish } from "./event-window.ts";
import { EventWindows } from "./event-windows.ts";
import { observedTraffic } from "./observed-traffic.ts";
import { dueSql, keepLabels, labelWaits, loadLabels, presentOf } from "./rollout-labels.ts";
import { measuresOf } from "./rollout-measures.ts";
import { loadArms, loadPredictions } from "./rollout-tables.ts";
import { armOf, sumUnits } from "./unit-sums.ts";

/** Evidence of rollouts from the log in a folder, rotated or not, summed over units by DuckDB. */
export function createRolloutEvidence(folder: string): RolloutEvidence {
  const windows = new EventWindows(folder);
  return {
    collect: (request) =>
      windows.withWindow(wishOf(request), JSON.stringify(request), ({ connection }) => collect(connection, request)),
    traffic: (request) =>
      withEvents(folder, (connection) => observedTraffic(connection, request), { threads: "1", memory_limit: "1GB" }),
  };
}

function wishOf({ model, since, guardrails }: EvidenceRequest): WindowWish {
  return { model, since, labels: [...new Set(guardrails.flatMap(({ label }) => (label === null ? [] : [label])))] };
}

async function collect(connection: DuckDBConnection, request: EvidenceRequest): Promise<CollectedEvidence> {
  const { guardrails } = request;
  await loadPredictions(connection, request.model, request.since);
  await loadLabels(connection, guardrails);
  await loadArms(connection, request);
  const newest = await presentOf(connection, request.now);
  const waits = await labelWaits(connection, guardrails, newest);
  await keepLabels(connection, guardrails, waits);
  const cuts = request.cuts ?? (await answerCuts(connection));
  const due = waits.map((wait) => dueSql(wait, newest));
  const measures = measuresOf(guardrails, cuts, due);
  const summed = await sumUnits(connection, measures);
  const steps = request.windows.map((window, w) => {
    const arm = (side: 0 | 1, version: string) => {
      const row = summed.get(`${w}/${side}`);
      return row === undefined ? noArm(version) : armOf({ version, side, row, measures, guardrails, waits });
    };
    const control = arm(0, request.champion);
    const treatment = arm(1, request.challenger);
    return { position: window.position, cohort: window.cohort ?? "all", share: window.share, control, treatment };
  });
  return { steps, cuts };
}
