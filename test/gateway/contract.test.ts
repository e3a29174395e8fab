import { readdirSync, readFileSync, writeFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startGateway } from "./running-gateway.ts";

const contract = `contract: people
version: 1
columns:
  age: { type: number, range: { from: 0, to: 120 }, nulls: 0 }
  sex: { type: text, values: [F, M] }
`;

test("the contract rejects, replaces, falls back or marks as the file says, and refused records are set aside", async () => {
  const folder = mkdtempSync(join(tmpdir(), "umpire-contract-"));
  writeFileSync(join(folder, "contract.yaml"), contract);
  const gateway = await startGateway(
    `gateway:
  log: { rotate: false }
  models:
    m:
      versions:
        model: { rule: { when: { age_years: { from: 18 } }, then: 1, else: 0 } }
        nothing: { constant: -1 }
      fallback: [nothing]
      contract: contract.yaml
      problems: { type: reject, "null": replace, range: fallback, unseen: mark }
      replace: { age: 40 }
      prepare: { age_years: { from: age, divide: 1 } }
      position: { rank: 1 }
`,
    folder,
  );
  const { body } = await gateway.post("/v1/models/m/predict", {
    records: [
      { age: 20, sex: "F", rank: 7 },
      { age: null, sex: "F" },
      { age: 300, sex: "F" },
      { age: 20, sex: "X" },
      { age: "old", sex: "F" },
    ],
  });
  expect((body as { predictions: unknown[] }).predictions).toMatchObject([
    { prediction: 1, version: "model" },
    { prediction: 1, version: "model", marks: ["age is null"] },
    { prediction: -1, version: "nothing", fallback: "contract" },
    { prediction: 1, marks: ["sex is the text 'X', which the reference has never seen"] },
    { prediction: null, rejected: ["age is the text 'old'; it is a number"] },
  ]);
  const one = await gateway.post("/v1/models/m/predict", { record: { age: "old", sex: "F" } });
  expect(one).toMatchObject({
    status: 422,
    body: { detail: expect.stringContaining("age is the text 'old'") as string },
  });
  await gateway.running.stop();
  const closed = join(folder, ".umpire", "predictions", "closed");
  const events = readdirSync(closed).flatMap((name) =>
    readFileSync(join(closed, name), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { kind: string; raw: { rank?: number }; prepared: { rank?: number } }),
  );
  expect(events.map((event) => event.kind).filter((kind) => kind === "quarantine")).toHaveLength(2);
  expect(events[0]).toMatchObject({ raw: { age: 20, rank: 7 }, prepared: { age_years: 20, rank: 1 } });
  rmSync(folder, { recursive: true });
});
