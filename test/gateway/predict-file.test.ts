import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { type FilePrediction, predictRecords } from "../../src/app/serving/predict-file.ts";
import type { FeatureRecord } from "../../src/core/serving/feature-record.ts";
import { startGateway } from "./running-gateway.ts";

test("a row that cannot be answered costs no other row of the file its answer, and says why as live traffic is told", async () => {
  // Answers 400 where a request holds text, and no number where it holds -1.
  const model = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
    request.on("end", () => {
      if (text === "") return response.end("{}");
      const { records } = JSON.parse(text) as { records: { x: unknown }[] };
      if (records.some(({ x }) => typeof x === "string")) return response.writeHead(400).end("text is no number");
      if (records.some(({ x }) => x === -1)) return response.writeHead(500).end("boom");
      return response.end(JSON.stringify({ predictions: records.map(({ x }) => Number(x) * 2) }));
    });
  });
  await new Promise<void>((done) => model.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(model.address() as AddressInfo).port}/`;
  const gateway = await startGateway(`gateway:
  log: { rotate: false }
  models:
    m:
      versions: { v1: { url: "${url}", protocol: json, request: "records[]", response: "predictions[]" } }
      breaker: { failures: 100 }
`);
  const { path } = gateway.running.gateway;
  const rows: FeatureRecord[] = Array.from({ length: 700 }, (_, i) => ({ x: i === 333 ? "odd" : i === 612 ? -1 : i }));
  const blocks = (async function* () {
    yield rows;
  })();
  const answers: FilePrediction[] = [];
  for await (const part of predictRecords(path, path.model("m"), null, blocks)) answers.push(...part);
  expect(answers.map(({ row }) => row)).toEqual(rows.map((_, i) => i + 1));
  expect(answers.filter(({ prediction }) => prediction === null).map(({ row }) => row)).toEqual([334, 613]);
  for (const [i, { prediction }] of answers.entries()) if (prediction !== null) expect(prediction).toBe(i * 2);
  expect(answers[333]!.rejected).toContain("text is no number");
  expect(answers[612]!.error).toMatch(/no version could answer: .*500/);
  await gateway.stop();
  model.closeAllConnections();
  model.close();
});
