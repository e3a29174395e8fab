import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { rowsOf } from "../acceptance/story-parts.ts";
import { folderWith } from "../acceptance/command-line.ts";
import { sharedData } from "../shared-data.ts";
import { openWatched, registerChampion } from "./watched-model.ts";

const data = dirname(sharedData("movies/production_labels.parquet") ?? "");

const policy = `model: film-ranker
task: ranking
data: { test: ${data}/test.parquet }
columns: { id: [request_id, item_id], group: request_id, item: item_id, unit: user_id, time: timestamp, label: label }
models:
  champion: { column: score_champion }
  challenger: { column: score_challenger }
metrics: [map]
slices:
  low activity: { where: { user_activity: low }, weight: 1, blocking: true }
monitors: { columns: [user_n_ratings], quality: { least_units: 20 } }
`;

interface Served {
  readonly request_id: string;
  readonly item_id: string;
  readonly user_id: string;
  readonly user_activity: string;
  readonly user_n_ratings: number;
  readonly ms: number;
  readonly score: number;
}

/** A month of served lists, replayed from 1998; `order` turns the scores round where the model is to be bad. */
async function writeLog(folder: string, order: 1 | -1): Promise<void> {
  const served = await rowsOf<Served>(
    `select request_id::varchar as request_id, item_id::varchar as item_id, user_id::varchar as user_id, user_activity,
      user_n_ratings::double as user_n_ratings, epoch_ms(timestamp)::double as ms, score_champion::double as score
      from '${data}/production_requests.parquet'`,
  );
  const labels = await rowsOf<{ id: string; label: number; ms: number }>(
    `select request_id::varchar || '/' || item_id::varchar as id, label::double as label, epoch_ms(label_time)::double as ms
      from '${data}/production_labels.parquet'`,
  );
  const lines = served.map((row) =>
    JSON.stringify({
      kind: "prediction",
      id: `${row.request_id}/${row.item_id}`,
      key: row.request_id,
      request: row.request_id,
      at: row.ms,
      time: row.ms,
      model: "film-ranker",
      version: "1",
      routed: "1",
      cohort: "all",
      arm: "champion",
      propensity: 1,
      unit: row.user_id,
      group: row.request_id,
      item: row.item_id,
      raw: { user_activity: row.user_activity, user_n_ratings: row.user_n_ratings },
      prediction: order * row.score,
      milliseconds: 1,
    }),
  );
  const given = { kind: "label", key: null, item: null, model: null, name: "label", source: null };
  for (const { id, label, ms } of labels) lines.push(JSON.stringify({ ...given, id, label, time: ms, at: ms }));
  mkdirSync(join(folder, "predictions", "closed"), { recursive: true });
  writeFileSync(join(folder, "predictions", "closed", "1-host-1-0.jsonl"), `${lines.join("\n")}\n`);
}

describe.skipIf(data === "")("the quality of a ranker, replayed from the past with labels that come late", () => {
  it.each([
    [1, "holds"],
    [-1, "below"],
  ] as const)(
    "order %i: %s",
    async (order, outcome) => {
      const folder = folderWith({ "umpire.yaml": policy });
      await writeLog(folder, order);
      const watched = await openWatched(folder);
      try {
        await registerChampion(watched, "film-ranker");
        const { quality } = await watched.watch.look("film-ranker");
        expect(quality!.problem).toBeNull();
        const [all, low] = quality!.measured;
        expect(all!.outcome).toBe(outcome);
        expect(low!.slice).toBe("low activity");
        const [estimate] = quality!.estimated;
        if (order === 1) {
          // Real traffic: its intervals hold most of what came, and the audit says how many.
          expect(estimate!.method).toMatch(/^expected relevance, isotonic calibration, list effect 0\.[67]/);
          expect(estimate!.periods.filter(({ interval }) => interval !== null).length).toBeGreaterThan(10);
          expect(quality!.audit!.periods).toBeGreaterThan(10);
          expect(quality!.audit!.held / quality!.audit!.periods).toBeGreaterThan(0.7);
          expect(Math.abs(quality!.audit!.bias)).toBeLessThan(0.03);
        } else {
          expect(estimate).toMatchObject({
            outcome: "not-evaluated",
            reason: expect.stringMatching(/^refused: the (concept has changed|traffic looks like)/),
          });
        }
        expect(watched.bugs).toEqual([]);
      } finally {
        await watched.close();
        rmSync(folder, { recursive: true, force: true });
      }
    },
    120_000,
  );
});
