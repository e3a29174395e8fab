import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openEventArchive } from "../../src/composition/gateway.ts";
import { openLabelSink } from "../../src/composition/label-sink.ts";
import { readGateway } from "../../src/app/serving/read-gateway.ts";
import { startGateway, type TestGateway } from "./running-gateway.ts";

/** Everything that stands in the gateway's folders, apart from the overrides themselves. */
async function written(gateway: TestGateway): Promise<string> {
  await gateway.running.gateway.shadows.drain();
  await gateway.running.gateway.log.roll();
  const root = join(gateway.folder, ".umpire");
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(jsonl|json)$/.test(name) && !name.endsWith("overrides.json"))
    .map((name) => readFileSync(join(root, name), "utf8"))
    .join("\n");
}

test("nothing that a unit gave who opted out is kept, nor what it tells: no id, cohort, item, time, shadow, quarantine", async () => {
  const gateway = await startGateway(
    `gateway:
  log: { rotate: false }
  models:
    m:
      columns: { unit: user, id: email, group: visit, time: seen }
      contract: contract.yaml
      versions:
        v1: { rule: { when: { age: { from: 18 } }, then: 1, else: 0 } }
        v2: { constant: 3 }
        nobody: { constant: -1 }
      cohorts: { secret cohort: { where: { age: { above: 60 } }, version: v2 } }
      shadow: { v2: 1 }
      opt_out: nobody
`,
    undefined,
    { "contract.yaml": "contract: c\nversion: 1\ncolumns:\n  age: { type: number, range: { from: 0, to: 120 } }\n" },
  );
  const record = { user: "ann-77", email: "ann@home", visit: "visit-5", seen: "1971-03-04", age: 118.75 };
  await gateway.call("POST", "/v1/overrides", { kind: "opt-out", unit: "ann-77", reason: "asked" });
  const one = await gateway.post("/v1/models/m/predict", { record, context: { page: "home-page" }, key: "key-9" });
  expect(one.body).toMatchObject({
    prediction: -1,
    version: "nobody",
    cohort: "all",
    arm: "opt-out",
    fallback: "opt-out",
  });
  expect((await gateway.post("/v1/models/m/predict", { record: { ...record, age: "sixty-four" } })).status).toBe(200);
  await gateway.post("/v1/models/m/predict", { items: [record, { ...record, age: 119.25 }], unit: "ann-77" });
  const text = await written(gateway);
  expect(text.match(/"kind":"prediction"/g)).toHaveLength(4);
  expect(text).not.toMatch(
    /ann|visit-5|36892800000|118\.75|sixty|119\.25|secret cohort|home-page|key-9|"shadow"|"quarantine"/,
  );
  await gateway.stop();
});

test("a column that is not kept stands nowhere: not as key, item, reason of a refusal or copy under another name", async () => {
  const gateway = await startGateway(
    `gateway:
  log: { rotate: false, redact: [mail, salary], hash: [customer] }
  models:
    m:
      columns: { id: customer, unit: mail }
      contract: contract.yaml
      versions: { v1: { constant: 1 } }
      prepare:
        mail_small: { from: mail, lower: true }
        salary_k: { from: salary, divide: 1000 }
        income: salary
        name: { from: customer, lower: true }
`,
    undefined,
    {
      "contract.yaml":
        "contract: c\nversion: 1\ncolumns:\n  salary: { type: number, range: { from: 0, to: 1000 } }\n  x: { type: number }\n",
    },
  );
  const record = { customer: "Cust-1", mail: "Ann@Home", salary: 77123, x: 1 };
  const { body } = await gateway.post("/v1/models/m/predict", { record });
  expect(body).toMatchObject({ prediction: 1, marks: ["salary is 77123, above 1000"] });
  await gateway.post("/v1/models/m/predict", { record: { ...record, salary: "77123 euros" } });
  await gateway.post("/v1/models/m/predict", { record: { ...record, x: "odd" } });
  await gateway.post("/v1/labels", { key: "Cust-1", label: 1 });
  const text = await written(gateway);
  expect(text).not.toMatch(/cust-1|ann@home|77123|77\.123/i);
  expect(text).toContain("salary is not as it should be");
  expect(text).toContain("x is the text 'odd'");

  // Labels join by the hash of the key, from the door and from a file.
  const config = (await readGateway("umpire.yaml", gateway.folder, join(gateway.folder, ".umpire"), {})).config;
  const sink = await openLabelSink(config);
  const none = { id: null, model: null, item: null, time: null, source: "file" };
  await sink.take([{ ...none, key: "Cust-1", name: "paid", label: 0 }]);
  await sink.close();
  const to = join(gateway.folder, "training.jsonl");
  const archive = await openEventArchive(config.log.folder);
  const result = await archive.exportTraining({ model: null, asOf: Date.now() + 1000, to, unlabelled: false });
  expect(result).toMatchObject({ labelled: 1, strayLabels: 0 });
  expect(JSON.parse(readFileSync(to, "utf8"))).toMatchObject({ label: 1, label_paid: 0 });
  await gateway.stop();
});
