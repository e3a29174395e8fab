import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openEventArchive } from "../../src/composition/gateway.ts";
import { startGateway } from "./running-gateway.ts";

test("of several classes log, shadow and training set hold the chosen one, as the door answers it, and the probabilities", async () => {
  const model = createServer((request, response) => {
    request.resume();
    request.on("end", () => response.end(JSON.stringify({ predictions: [[0.1, 0.2, 0.7]] })));
  });
  await new Promise<void>((done) => model.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(model.address() as AddressInfo).port}/`;
  const source = `{ url: "${url}", protocol: json, request: "records[]", response: "predictions[]" }`;
  const gateway = await startGateway(`gateway:
  log: { rotate: false }
  models:
    m: { task: multiclass, versions: { v1: ${source}, v2: ${source} }, shadow: { v2: 1 } }
`);
  const { body } = await gateway.post("/v1/models/m/predict", { record: { x: 1 } });
  expect(body).toMatchObject({ prediction: "2", classes: { "0": 0.1, "2": 0.7 } });
  await gateway.post("/v1/labels", { id: (body as { id: string }).id, label: 2 });
  await gateway.running.gateway.shadows.drain();
  await gateway.running.gateway.log.roll();
  const folder = join(gateway.folder, ".umpire", "predictions");
  const [segment = ""] = readdirSync(join(folder, "closed"));
  const events = readFileSync(join(folder, "closed", segment), "utf8")
    .trimEnd()
    .split("\n");
  expect(events.map((line) => JSON.parse(line) as object)).toMatchObject([
    { kind: "prediction", prediction: "2", classes: { "2": 0.7 } },
    { kind: "label" },
    { kind: "shadow", prediction: "2", classes: { "2": 0.7 } },
  ]);
  const archive = await openEventArchive(folder);
  const to = join(gateway.folder, "training.jsonl");
  for (const rotate of [false, true]) {
    if (rotate) await archive.rotate();
    await archive.exportTraining({ model: null, asOf: Date.now() + 1000, to, unlabelled: false });
    expect(JSON.parse(readFileSync(to, "utf8"))).toMatchObject({
      label: 2,
      umpire_prediction: "2",
      umpire_classes: '{"0":0.1,"1":0.2,"2":0.7}',
    });
  }
  await gateway.stop();
  model.close();
});
