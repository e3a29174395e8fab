import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { rowsOf } from "../acceptance/story-parts.ts";
import { folderWith } from "../acceptance/command-line.ts";
import { sharedData } from "../shared-data.ts";
import { openWatched, registerChampion } from "./watched-model.ts";

const data = dirname(sharedData("rides/production.parquet") ?? "");
const features = ["hr", "workingday", "weathersit", "temp", "hum", "windspeed"];

const policy = `model: rides
task: regression
data: { test: [${data}/validation.parquet, ${data}/test.parquet] }
columns: { id: row_id, time: timestamp, label: rides }
models:
  champion: { column: pred_champion }
  challenger: { column: pred_baseline }
metrics: [mae, rmse]
slices:
  rush hour: { where: { hr: [8, 17, 18] }, weight: 1, blocking: true }
monitors: { by: week, columns: [${features.join(", ")}], quality: { labels: both } }
`;

/** Half a year of served hours, replayed from 2012; hours before `labelled` get labels. */
async function writeLog(folder: string, labelled: string): Promise<void> {
  const served = await rowsOf<Record<string, number>>(
    `select row_id::varchar as row_id, ${features.map((name) => `${name}::double as ${name}`).join(", ")}, rides::double as rides,
      epoch_ms(timestamp)::double as ms, pred_champion::double as score from '${data}/production.parquet' order by timestamp`,
  );
  const lines = served.flatMap(({ row_id: id, ms, rides, score, ...raw }) => {
    const prediction = {
      kind: "prediction",
      id: String(id),
      key: null,
      request: String(id),
      at: ms,
      time: ms,
      model: "rides",
      version: "1",
      routed: "1",
      cohort: "all",
      arm: "champion",
      propensity: 1,
      unit: null,
      raw,
      prediction: score,
      milliseconds: 1,
    };
    const time = ms! + 86_400_000;
    const label = { kind: "label", id: String(id), label: rides, time, at: time, key: null, item: null, model: null };
    const told = new Date(ms!).toISOString() < labelled;
    return [JSON.stringify(prediction), ...(told ? [JSON.stringify({ ...label, name: "label", source: null })] : [])];
  });
  mkdirSync(join(folder, "predictions", "closed"), { recursive: true });
  writeFileSync(join(folder, "predictions", "closed", "0-1.jsonl"), `${lines.join("\n")}\n`);
}

async function look(labelled: string) {
  const folder = folderWith({ "umpire.yaml": policy });
  await writeLog(folder, labelled);
  const watched = await openWatched(folder);
  try {
    await registerChampion(watched, "rides");
    const { quality } = await watched.watch.look("rides");
    if (watched.bugs.length > 0) throw watched.bugs[0];
    return quality!;
  } finally {
    await watched.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

describe.skipIf(data === "")("the quality of a regression, replayed from the past", () => {
  it("is estimated before labels come, and holds what came; summer is refused, because spring tells nothing of it", async () => {
    const came = (await look("2013")).measured[0]!;
    const { measured, estimated, audit } = await look("2012-06-01");
    expect(measured[0]!.outcome).toBe("not-enough-data");
    expect(audit).toBeNull();
    const [all] = estimated;
    expect(all).toMatchObject({
      method: expect.stringMatching(/^direct loss estimation, R² of the losses 0\.\d+ out of fold, 2,897 rows/),
      assumes: expect.stringMatching(/changed concept/),
    });
    const june = all!.periods.slice(0, 3);
    june.forEach(({ interval }, week) => {
      const { value } = came.periods[week]!;
      expect(value).toBeGreaterThan(interval![0]);
      expect(value).toBeLessThan(interval![1]);
    });
    const july = all!.periods.filter(({ from }) => new Date(from).toISOString().startsWith("2012-07"));
    expect(july.length).toBeGreaterThan(2);
    for (const { value, reason } of july) {
      expect(value).toBeNull();
      expect(reason).toMatch(/^refused: the traffic looks like .* of the reference/);
    }
  }, 120_000);

  it("is refused as an estimate when labels say that demand has changed, which it cannot see by itself", async () => {
    const { estimated } = await look("2013");
    const reasons = estimated[0]!.periods.map(({ reason }) => reason);
    expect(estimated[0]!.outcome).toBe("not-evaluated");
    expect(reasons.every((reason) => reason?.startsWith("refused"))).toBe(true);
    expect(reasons).toContainEqual(expect.stringMatching(/the concept has changed: .* mean losses off/));
  }, 120_000);
});
