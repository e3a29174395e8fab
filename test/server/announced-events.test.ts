import { rmSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import { createRandom } from "../../src/core/statistics/random.ts";
import { folderWith } from "../acceptance/command-line.ts";
import { DAY, NOW, openWatched, type Past, registerChampion, type Watched, writePast } from "./watched-model.ts";

const open: { watched: Watched | null; folder: string } = { watched: null, folder: "" };

afterEach(async () => {
  if ((open.watched?.bugs.length ?? 0) > 0) throw open.watched!.bugs[0];
  await open.watched?.close();
  rmSync(open.folder, { recursive: true, force: true });
});

/** Eighty days of test data that end where the log begins. */
function reference(): string {
  const random = createRandom(5);
  const lines = ["id,user,cohort,age,label,score,at"];
  for (let i = 0; i < 80 * 100; i++) {
    const score = random.next();
    const at = new Date(NOW - 110 * DAY + (i / 100) * DAY).toISOString();
    const label = random.next() < score ? 1 : 0;
    const cohort = random.next() < 0.4 ? "b" : "a";
    lines.push([i, `u${i}`, cohort, 18 + random.nextBelow(60), label, score, at].join(","));
  }
  return `${lines.join("\n")}\n`;
}

async function lookWith(expected: string, past: Partial<Past>): Promise<{ outcome: string; firing: string[] }> {
  open.folder = folderWith({
    "test.csv": reference(),
    "umpire.yaml": `model: loans
task: binary
data: { test: test.csv }
columns: { id: id, unit: user, label: label, time: at }
models:
  champion: { column: score }
  challenger: { column: score }
monitors: { owner: ann, by: day, quality: false${expected} }
`,
  });
  writePast(open.folder, { model: "loans", version: "1", days: 24, perDay: 100, late: 2, ...past });
  open.watched = await openWatched(open.folder);
  await registerChampion(open.watched, "loans");
  const look = await open.watched.watch.look("loans");
  const alerts = await open.watched.watch.alerts.list();
  return {
    outcome: look.slices[0]!.outcome,
    firing: alerts
      .filter(({ state, key }) => state === "firing" && key.startsWith("drift:"))
      .map(({ message }) => message),
  };
}

const date = (daysAgo: number): string => new Date(NOW - daysAgo * DAY).toISOString().slice(0, 10);
const campaign = (columns: string): string =>
  `, expected: [{ name: campaign, from: ${date(13)}, to: ${date(6)}, columns: [${columns}] }]`;

test("a move of the features is an alarm", async () => {
  const { outcome, firing } = await lookWith("", { older: [12, 8] });
  expect(outcome).toBe("drift");
  expect(firing).toEqual([expect.stringMatching(/everything: age \(effect 0\.\d+\) drifted/)]);
});

test("one that was announced is none, and it says for which columns", async () => {
  expect(await lookWith(campaign("age"), { older: [12, 8] })).toEqual({ outcome: "no-drift", firing: [] });
});

test("the same move after the announced days is an alarm", async () => {
  const { outcome, firing } = await lookWith(campaign("age"), { older: [5, 1] });
  expect(outcome).toBe("drift");
  expect(firing).toHaveLength(1);
});

test("fewer predictions a day than the test data have rows are no drift, and drift is found all the same", async () => {
  expect(await lookWith("", { perDay: 30 })).toEqual({ outcome: "no-drift", firing: [] });
});

test("the features of few predictions are judged too", async () => {
  expect(await lookWith("", { perDay: 30, older: [12, 1] })).toMatchObject({
    outcome: "drift",
    firing: [expect.stringMatching("age")],
  });
});
