import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isSampled } from "../../src/core/serving/route.ts";
import { startGateway } from "./running-gateway.ts";

test("a shadow sees its share of the units, row by row, whatever request and door they come by", async () => {
  const gateway = await startGateway(`gateway:
  log: { rotate: false }
  models:
    m:
      columns: { unit: user }
      versions: { v1: { rule: { when: { x: { from: 5 } }, then: 1, else: 0 } }, v2: { rule: { when: { x: { from: 7 } }, then: 1, else: 0 } } }
      shadow: { v2: 0.3 }
`);
  const records = Array.from({ length: 200 }, (_, i) => ({ user: `u${i}`, x: i % 10 }));
  const { body } = await gateway.post("/v1/models/m/predict", { records });
  const ids = (body as { predictions: { id: string }[] }).predictions.map(({ id }) => id);
  await gateway.running.gateway.shadows.drain();
  await gateway.running.gateway.log.roll();
  const closed = join(gateway.folder, ".umpire", "predictions", "closed");
  const events = readdirSync(closed).flatMap((name) => readFileSync(join(closed, name), "utf8").trimEnd().split("\n"));
  const shadows = new Map(
    events
      .map((line) => JSON.parse(line) as { kind: string; id: string; prediction: number })
      .filter(({ kind }) => kind === "shadow")
      .map(({ id, prediction }) => [id, prediction]),
  );
  for (const [i, { user, x }] of records.entries()) {
    expect(shadows.get(ids[i]!)).toBe(isSampled("v2", 0.3, user) ? Number(x >= 7) : undefined);
  }
  expect(shadows.size).toBeGreaterThan(30);
  await gateway.stop();
});
