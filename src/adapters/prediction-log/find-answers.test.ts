import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { createEventArchive } from "./event-archive.ts";
import { createAnswerFinder } from "./find-answers.ts";

const folder = mkdtempSync(join(tmpdir(), "umpire-find-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const prediction = (id: string, rest: object = {}) => ({
  kind: "prediction",
  id,
  key: null,
  request: "r1",
  at: 1000,
  time: null,
  model: "m",
  version: "1",
  routed: "1",
  cohort: "all",
  arm: "champion",
  propensity: 1,
  unit: "u",
  group: null,
  item: null,
  raw: { x: 1 },
  prepared: null,
  context: null,
  prediction: 0.5,
  classes: null,
  score: null,
  position: null,
  milliseconds: 1,
  fallback: null,
  marks: [],
  overrides: [],
  door: "records",
  ...rest,
});
const label = (rest: object) => ({
  kind: "label",
  name: "label",
  label: 1,
  time: 5,
  at: 5,
  id: null,
  key: null,
  ...rest,
});
const lines = (events: readonly object[]): string => events.map((event) => `${JSON.stringify(event)}\n`).join("");

it("finds answers by their id, their request's and the caller's key, rotated or not, once, with labels and shadows", async () => {
  mkdirSync(join(folder, "closed"), { recursive: true });
  mkdirSync(join(folder, "live"));
  const a = prediction("a", { key: "k'1", overrides: [{ kind: "boost", id: "o", reason: "launch" }], score: 0.4 });
  const shadow = { kind: "shadow", id: "a", at: 1001, model: "m", version: "2", prediction: 0.7, classes: null };
  writeFileSync(
    join(folder, "closed", "1-test-1.jsonl"),
    lines([a, shadow, label({ key: "k'1", label: 0 }), label({ key: "k'1", time: 9 }), label({ key: "other" })]),
  );
  await createEventArchive(folder).rotate();
  // The same line again, as a crash in the middle of a rotation leaves it, and one that is being written.
  writeFileSync(join(folder, "live", "2-test-2.jsonl"), `${lines([a, prediction("b", { at: 2000 })])}{"kind":"pred`);
  const finder = createAnswerFinder(folder);
  const found = await Promise.all(["a", "k'1", "r1", "b", "' or 1=1 --"].map((id) => finder.find(id, 10)));
  expect(found.map((answers) => answers.map(({ id }) => id))).toEqual([["a"], ["a"], ["a", "b"], ["b"], []]);
  expect(found[0]![0]).toMatchObject({
    prediction: 0.5,
    score: 0.4,
    features: { x: 1 },
    overrides: [{ kind: "boost", reason: "launch" }],
    shadows: [{ version: "2", prediction: 0.7 }],
    labels: [{ name: "label", label: 1, time: 9 }],
  });
  expect(found[3]![0]).toMatchObject({ labels: [], shadows: [] });
  expect(await finder.find("r1", 1)).toHaveLength(1);
  await expect(createAnswerFinder(join(folder, "none")).find("a", 1)).rejects.toMatchObject({ code: "FILE_MISSING" });
});
