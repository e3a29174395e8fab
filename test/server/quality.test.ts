import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { LookEntry } from "../../src/app/watch/look-entry.ts";
import type { QualityLook } from "../../src/app/watch/quality-look.ts";
import type { SliceQuality } from "../../src/core/monitors/watch-quality.ts";
import { folderWith } from "../acceptance/command-line.ts";
import {
  DAY,
  NOW,
  openWatched,
  type Past,
  referenceCsv,
  registerChampion,
  type Watched,
  writePast,
} from "./watched-model.ts";

const policy = (quality: string, retrain = ""): string => `model: loans
task: binary
data: { test: test.csv }
columns: { id: id, unit: user, label: label }
models:
  champion: { column: score }
  challenger: { column: score }
metrics: [roc_auc]
slices:
  cohort b: { where: { cohort: b }, weight: 1, blocking: true }
monitors: { owner: ann, quality: ${quality} }
${retrain}`;

const usual: Past = { model: "loans", version: "1", days: 24, perDay: 400, late: 2 };
const open: { watched: Watched | null; folder: string } = { watched: null, folder: "" };

async function start(text: string, past: Partial<Past> | null, label = "label"): Promise<Watched> {
  const data = referenceCsv().replace(",label,", `,${label},`);
  open.folder = folderWith({ "umpire.yaml": text, "test.csv": data });
  if (past !== null) writePast(open.folder, { ...usual, ...past });
  open.watched = await openWatched(open.folder);
  await registerChampion(open.watched, "loans");
  return open.watched;
}

afterEach(async () => {
  if ((open.watched?.bugs.length ?? 0) > 0) throw open.watched!.bugs[0];
  await open.watched?.close();
  rmSync(open.folder, { recursive: true, force: true });
});

async function lookAt({ watch }: Watched): Promise<{ look: LookEntry; quality: QualityLook }> {
  const look = await watch.look("loans");
  return { look, quality: look.quality! };
}

const of = (slices: readonly SliceQuality[], name: string): SliceQuality => slices.find(({ slice }) => slice === name)!;

async function firing({ watch }: Watched): Promise<string[]> {
  const alerts = await watch.alerts.list();
  return alerts.filter(({ state, key }) => state === "firing" && key.includes("quality")).map(({ key }) => key);
}

const turn = (_: string, label: string): string => `,${1 - Number(label)},`;

describe("the quality of the live version", () => {
  it("holds where nothing has happened: measured from late labels, estimated before they come, and audited", async () => {
    const watched = await start(policy("{}"), {});
    const { quality } = await lookAt(watched);
    expect(quality).toMatchObject({ version: "1", metric: "roc_auc", problem: null, trigger: null });
    expect(quality.labels!.halfAfterDays).toBeGreaterThan(0.8);
    expect(quality.labels!.halfAfterDays).toBeLessThan(2);
    const all = of(quality.measured, "everything");
    expect(all.outcome).toBe("holds");
    expect(all.reference!.value).toBeCloseTo(5 / 6, 1);
    // Each day by itself; the last ones wait for their labels.
    expect(all.periods.length).toBeGreaterThan(20);
    expect(all.periods.at(-1)).toMatchObject({ counts: false });
    expect(all.periods.at(-1)!.completeness).toBeLessThan(0.5);
    expect(all.periods.at(-1)!.until).toBe(Date.parse("2026-11-20T00:00:00Z"));
    expect(of(quality.measured, "cohort b")).toMatchObject({ outcome: "holds", blocking: true });
    expect(of(quality.estimated, "everything").outcome).toBe("holds");
    expect(of(quality.estimated, "cohort b").periods.at(-1)!.interval).not.toBeNull();
    expect(quality.audit!.periods).toBeGreaterThan(10);
    expect(quality.audit!.held / quality.audit!.periods).toBeGreaterThan(0.8);
    expect(await firing(watched)).toEqual([]);
  });

  it("falls in one cohort: one alarm, an error because it blocks, and the trigger asks; the others rest", async () => {
    const retrain = `retrain:
  steps: [{ name: train, run: [node, -e, "process.exit(3)"] }]
  produces: model.onnx
  triggers: { performance: {} }
`;
    const watched = await start(policy("{}", retrain), { brokenSince: 10 });
    const { quality } = await lookAt(watched);
    const b = of(quality.measured, "cohort b");
    expect(b).toMatchObject({ outcome: "below", reason: expect.stringMatching(/^roc_auc 0\.[45]/) });
    const since = (NOW - b.since!) / DAY;
    expect(since).toBeGreaterThan(9);
    expect(since).toBeLessThan(12);
    expect(await firing(watched)).toContain("quality:loans/cohort b");
    const alarm = (await watched.watch.alerts.list()).find(({ key }) => key === "quality:loans/cohort b");
    expect(alarm).toMatchObject({ severity: "error", owner: "ann" });
    // The estimate cannot see a changed concept: labels say that it has changed, and it is refused rather than believed.
    expect(of(quality.estimated, "cohort b")).toMatchObject({
      outcome: "not-evaluated",
      reason: expect.stringMatching(/^refused/),
    });
    expect(quality.trigger).toMatchObject({ fallen: true });
    await watched.watch.tick();
    await watched.watch.underWay();
    const runs = await watched.plane.store.read((state) => state.list<{ causes: string[] }>("retraining"));
    expect(runs).toHaveLength(1);
    expect(runs[0]!.body.causes[0]).toMatch(/^measured quality: .*cohort b: roc_auc/);
    // Another version is live: what was said of the one before is no cause, and its alarms are over.
    watched.clock.time += 1000;
    await registerChampion(watched, "loans", 0.4);
    const next = await lookAt(watched);
    expect(next.quality.problem).toMatch(/version 2 has answered nothing yet/);
    expect(await firing(watched)).toEqual([]);
  });

  it("counts labels that come for hits alone by what is still to come", async () => {
    const watched = await start(policy("{ labels: positives, metric: precision }"), { positivesOnly: true, late: 3 });
    const { quality } = await lookAt(watched);
    const all = of(quality.measured, "everything");
    expect(all.outcome).toBe("holds");
    const counted = all.periods.filter(({ counts }) => counts).map(({ value }) => value!);
    const mean = counted.reduce((a, b) => a + b, 0) / counted.length;
    expect(Math.abs(mean - 0.75)).toBeLessThan(0.02);
  });

  it("says that it does not know, instead of passing: no labels, one class, no policy data, no traffic", async () => {
    const watched = await start(policy("{}"), { late: 1e6 });
    const { quality } = await lookAt(watched);
    expect(of(quality.measured, "everything")).toMatchObject({
      outcome: "not-enough-data",
      reason: "no label has come",
    });
    expect(of(quality.estimated, "everything").outcome).toBe("holds");
    await watched.close();
    rmSync(`${open.folder}/predictions`, { recursive: true });
    writePast(open.folder, { ...usual, positivesOnly: true });
    open.watched = await openWatched(open.folder);
    const oneClass = of((await lookAt(open.watched)).quality.measured, "everything");
    expect(oneClass).toMatchObject({ outcome: "not-enough-data", reason: expect.stringMatching(/one class/) });
  });

  it("reads labels named as the policy's label column, and says which others have come instead", async () => {
    const named = policy("{}").replace("label: label", "label: repaid");
    const repaid = await start(named, { label: "repaid" }, "repaid");
    expect(of((await lookAt(repaid)).quality.measured, "everything").outcome).toBe("holds");
    await repaid.close();
    rmSync(open.folder, { recursive: true });
    const other = await start(named, { label: "clicked" }, "repaid");
    expect(of((await lookAt(other)).quality.measured, "everything")).toMatchObject({
      outcome: "not-enough-data",
      reason: "no label named repaid has come, but clicked: monitors.quality.label says which one counts",
    });
  });

  it("is not watched where the policy says so, and has nothing to say without traffic", async () => {
    const off = await start(policy("false"), null);
    expect((await lookAt(off)).look.quality).toBeNull();
    await off.close();
    rmSync(open.folder, { recursive: true });
    const quiet = await start(policy("{}"), null);
    expect((await lookAt(quiet)).quality).toMatchObject({ problem: "no predictions yet", measured: [] });
  });

  it("estimates anew when the test data are others: what was learnt of the old ones is forgotten", async () => {
    const watched = await start(policy("{}"), { late: 1e6 });
    const last = (quality: QualityLook): number => of(quality.estimated, "everything").periods.at(-1)!.value!;
    const before = last((await lookAt(watched)).quality);
    // Every fifth label is turned round.
    const lines = referenceCsv().trimEnd().split("\n");
    const turned = lines.map((line, i) => (i > 0 && i % 5 === 0 ? line.replace(/,([01]),/, turn) : line));
    writeFileSync(join(open.folder, "test.csv"), `${turned.join("\n")}\n`);
    const after = last((await lookAt(watched)).quality);
    expect(before - after).toBeGreaterThan(0.05);
  });

  it("can be held against a fixed value by the trigger, of another metric and estimated", async () => {
    const trigger = (text: string): string =>
      `retrain:\n  steps: [{ name: train, run: [node, train.cjs] }]\n  produces: m\n  triggers: { performance: ${text} }\n`;
    const low = await start(policy("{}", trigger("{ metric: accuracy, worse_than: 0.9, source: estimated }")), {});
    expect((await lookAt(low)).quality.trigger).toMatchObject({
      fallen: true,
      message: expect.stringMatching(/^estimated quality: everything: accuracy 0\.7/),
    });
    await low.close();
    rmSync(open.folder, { recursive: true });
    const fine = await start(policy("{}", trigger("{ metric: accuracy, worse_than: 0.7 }")), {});
    expect((await lookAt(fine)).quality.trigger).toMatchObject({ fallen: false });
  });

  it("names the line of a metric that does not exist", async () => {
    await expect(start(policy("{ metric: auc_roc }"), null)).rejects.toMatchObject({
      code: "POLICY",
      where: expect.stringMatching(/umpire\.yaml:11:/),
    });
    open.watched = null;
  });
});
