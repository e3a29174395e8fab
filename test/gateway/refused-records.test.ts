import { join } from "node:path";
import { expect, test } from "vitest";
import { collectRefused } from "../../src/app/quarantine/collect-refused.ts";
import { openQuarantine } from "../../src/composition/check-tools.ts";
import { openEventArchive } from "../../src/composition/gateway.ts";
import { startGateway } from "./running-gateway.ts";

const contract = `contract: people
version: 1
columns:
  "odd: name": { type: number }
  age: { type: number, range: { from: 0, to: 120 } }
`;

test("what the contract refused of live records comes into the quarantine once, with reasons, before and after rotation", async () => {
  const yaml = `gateway:
  log: { rotate: false }
  models:
    m: { versions: { v1: { constant: 1 } }, contract: contract.yaml, problems: { range: reject } }
`;
  const gateway = await startGateway(yaml, undefined, { "contract.yaml": contract });
  const ask = (records: readonly unknown[]) => gateway.post("/v1/models/m/predict", { records });
  const good = { "odd: name": 1, age: 30 };
  await ask([good, { ...good, age: "30 years" }, { ...good, age: 300 }]);
  const archive = await openEventArchive(join(gateway.folder, ".umpire", "predictions"));
  const store = await openQuarantine(join(gateway.folder, ".umpire", "quarantine"), gateway.folder);
  const collect = () => collectRefused({ model: null, now: Date.now() + 3000 }, archive, store);
  const first = await collect();
  expect(first).toMatchObject({ model: "m", rows: 2 });
  expect(await collect()).toMatchObject({ rows: 0, run: null });
  await gateway.running.gateway.log.roll();
  await archive.rotate();
  expect(await collect()).toMatchObject({ rows: 0, run: null });
  await new Promise((resolve) => setTimeout(resolve, 5));
  await ask([{ ...good, "odd: name": "x" }]);
  const second = await collect();
  expect(second).toMatchObject({ rows: 1 });
  const rows: unknown[] = [];
  for (const run of [first.run, second.run]) for await (const row of store.rows(run!)) rows.push(row);
  expect(rows).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        raw: '{"odd: name":1,"age":"30 years"}',
        reasons: [{ check: "type", column: "age", reason: "is the text '30 years'; it is a number" }],
      }),
      expect.objectContaining({ reasons: [{ check: "range", column: "age", reason: "is 300, above 120" }] }),
      expect.objectContaining({
        reasons: [{ check: "type", column: "odd: name", reason: "is the text 'x'; it is a number" }],
      }),
    ]),
  );
  expect((await store.runs()).complete.map((run) => [run.file, run.rows])).toEqual([
    ["live-m.jsonl", 2],
    ["live-m.jsonl", 1],
  ]);
  await gateway.stop();
});
