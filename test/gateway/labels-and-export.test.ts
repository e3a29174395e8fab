import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openEventArchive } from "../../src/composition/gateway.ts";
import { startGateway, type TestGateway } from "./running-gateway.ts";

const config = `gateway:
  log: { rotate: false, redact: [phone], hash: [user] }
  models:
    m:
      columns: { unit: user, item: item, group: list, id: key }
      versions: { v1: { rule: { when: { x: { from: 5 } }, then: 1, else: 0 } } }
`;

interface TrainingRow {
  readonly x: number;
  readonly user: string;
  readonly label: number | null;
  readonly label_watched?: number | null;
  readonly umpire_key: string;
}

async function exported(gateway: TestGateway, asOf: number, rotate: boolean): Promise<TrainingRow[]> {
  await gateway.running.gateway.log.roll();
  const archive = await openEventArchive(join(gateway.folder, ".umpire", "predictions"));
  if (rotate) await archive.rotate();
  const to = join(gateway.folder, "training.jsonl");
  await archive.exportTraining({ model: null, asOf, to, unlabelled: true });
  const rows = readFileSync(to, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as TrainingRow);
  return rows.sort((a, b) => a.x - b.x);
}

test("of labels that come late, in parts, corrected and repeated the latest stands, as of any time, before and after rotation", async () => {
  const gateway = await startGateway(config);
  const day = (n: number): number => Date.UTC(2026, 0, n);
  const records = [1, 2, 8].map((x) => ({ x, user: `u${x}`, phone: "not to be kept", key: `k${x}`, item: `i${x}` }));
  const { body } = await gateway.post("/v1/models/m/predict", { records, time: day(1) });
  const [first] = (body as { predictions: { id: string }[] }).predictions;
  const label = (labels: object[]) => gateway.post("/v1/labels", { labels });
  await label([
    { id: first!.id, label: 1, time: day(2) },
    { key: "k2", label: 0, time: day(2) },
  ]);
  await label([{ key: "k2", label: 1, time: day(4) }]);
  // An older correction that arrives last does not stand.
  await label([{ id: first!.id, label: 0, time: day(1) }]);
  expect((await label([{ key: "k2", label: 1, time: day(4) }])).body).toEqual({ accepted: 0, repeated: 1 });
  await label([{ key: "k8", name: "watched", label: 30, time: day(5) }]);
  for (const rotate of [false, true]) {
    const all = await exported(gateway, day(9), rotate);
    expect(all.map((row) => row.label ?? null)).toEqual([1, 1, null]);
    expect(all.map((row) => row.label_watched ?? null)).toEqual([null, null, 30]);
    expect((await exported(gateway, day(3), rotate)).map((row) => row.label ?? null)).toEqual([1, 0, null]);
  }
  const rows = await exported(gateway, day(9), true);
  expect(JSON.stringify(rows)).not.toMatch(/phone|"u1"|not to be kept/);
  expect(new Set(rows.map((row) => row.user)).size).toBe(3);
  expect(rows[0]!.user).toMatch(/^[0-9a-f]{32}$/);
  await gateway.stop();
});

test("labels that are none are refused whole, and say which", async () => {
  const gateway = await startGateway(config);
  const refused = await gateway.post("/v1/labels", { labels: [{ id: "a", label: 1 }, { label: 1 }] });
  expect(refused).toMatchObject({ status: 400, body: { detail: expect.stringContaining("label 2") as string } });
  expect((await gateway.post("/v1/labels", { labels: [{ id: "a", label: { deep: 1 } }] })).status).toBe(400);
  expect((await gateway.post("/v1/labels", { labels: 5 })).status).toBe(400);
  expect((await gateway.post("/v1/labels", { id: "a", label: 1, time: "yesterday" })).status).toBe(400);
  expect(gateway.bugs).toEqual([]);
  await gateway.stop();
});

test("a training set holds what was served in its own type, never under the name of a label; stray labels are counted", async () => {
  const gateway = await startGateway(`gateway:
  log: { rotate: false }
  models: { m: { versions: { v1: { constant: 1 } } } }
`);
  const records = [
    { postcode: "01234", paid: true, size: "1", label: 5, x: 1 },
    { postcode: "98765", paid: false, size: 2.5, label: 6, x: 2 },
  ];
  const { body } = await gateway.post("/v1/models/m/predict", { records });
  const [first, second] = (body as { predictions: { id: string }[] }).predictions;
  await gateway.post("/v1/labels", {
    labels: [
      { id: first!.id, label: "007" },
      { id: second!.id, label: "008" },
      { id: "nobody's", label: "009" },
    ],
  });
  await gateway.running.gateway.log.roll();
  const archive = await openEventArchive(join(gateway.folder, ".umpire", "predictions"));
  const to = join(gateway.folder, "training.jsonl");
  const result = await archive.exportTraining({ model: null, asOf: Date.now() + 1000, to, unlabelled: false });
  expect(result).toMatchObject({ predictions: 2, labelled: 2, strayLabels: 1 });
  const rows = readFileSync(to, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { x: number })
    .sort((a, b) => a.x - b.x);
  expect(rows).toMatchObject([
    { postcode: "01234", paid: true, size: 1, served_label: 5, label: "007" },
    { postcode: "98765", paid: false, size: 2.5, served_label: 6, label: "008" },
  ]);
  await gateway.stop();
});
