import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { folderWith } from "../acceptance/command-line.ts";
import type { LookEntry } from "../../src/app/watch/look-entry.ts";
import { ann, DAY, NOW, openWatched, referenceCsv, registerChampion, writePast } from "./watched-model.ts";

const policy = `model: loans
task: binary
data: { test: test.csv }
columns: { id: id, unit: user, label: label }
models:
  champion: { column: score }
  challenger: { column: score }
metrics: [roc_auc]
slices:
  cohort b: { where: { cohort: b }, weight: 1 }
monitors: { owner: ann, quality: false }
`;

it("a cohort that sends a quarter of its usual requests is an alarm of its own, whatever its features are like", async () => {
  const folder = folderWith({ "umpire.yaml": policy, "test.csv": referenceCsv() });
  writePast(folder, { model: "loans", version: "1", days: 60, perDay: 300, late: 2 });
  loseRequests(
    folder,
    (event) => event.raw.cohort === "b" && event.at >= dayStart(NOW) - DAY && Number(event.id.split("-")[1]) % 4 > 0,
  );
  const watched = await openWatched(folder);
  try {
    await registerChampion(watched, "loans");
    await watched.watch.look("loans");
    const alerts = (await watched.watch.alerts.list()).filter(({ key }) => key.startsWith("volume:"));
    expect(alerts).toMatchObject([
      { key: "volume:loans/cohort b", state: "firing", severity: "warning", owner: "ann" },
    ]);
    expect(alerts[0]!.message).toMatch(/^cohort b: \d\d predictions in 2026-11-19, 1\d\d are usual$/);
  } finally {
    await watched.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

it("goes on looking when the clock that dated the last look has been set back since", async () => {
  const folder = folderWith({ "umpire.yaml": policy, "test.csv": referenceCsv() });
  writePast(folder, { model: "loans", version: "1", days: 20, perDay: 300, late: 2 });
  const watched = await openWatched(folder);
  try {
    await registerChampion(watched, "loans");
    const before = await watched.watch.look("loans");
    expect(before).toMatchObject({ until: dayStart(NOW), problem: null });
    const body: LookEntry = { ...before, at: NOW + 365 * DAY, until: dayStart(NOW) + 365 * DAY };
    await watched.plane.store.change(ann, (state) =>
      state.put({ kind: "look", id: "loans", parent: "loans", body, action: "test" }),
    );
    await watched.watch.tick();
    const [after] = await watched.plane.store.read((state) => state.list<LookEntry>("look"));
    expect(after!.body).toMatchObject({ at: NOW, until: dayStart(NOW), problem: null });
    expect(after!.body.rows).toBeGreaterThan(200);
  } finally {
    await watched.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

function dayStart(time: number): number {
  return Math.floor(time / DAY) * DAY;
}

interface Logged {
  readonly id: string;
  readonly at: number;
  readonly raw: { readonly cohort: string };
}

function loseRequests(folder: string, lost: (event: Logged) => boolean): void {
  const root = join(folder, "predictions");
  for (const name of readdirSync(root, { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".jsonl")) continue;
    const lines = readFileSync(join(root, name), "utf8").trimEnd().split("\n");
    const kept = lines.filter((line) => {
      const event = JSON.parse(line) as Logged & { kind: string };
      return event.kind !== "prediction" || !lost(event);
    });
    writeFileSync(join(root, name), `${kept.join("\n")}\n`);
  }
}
