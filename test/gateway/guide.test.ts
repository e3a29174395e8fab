import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readGateway } from "../../src/app/serving/read-gateway.ts";
import { startGateway } from "./running-gateway.ts";

const guide = readFileSync(new URL("../../docs/guides/gateway.md", import.meta.url), "utf8");

test("each request in the guide is answered, and a unit's place is the one that the guide's formula gives", async () => {
  const gateway = await startGateway(`gateway:
  log: { rotate: false }
  models:
    approval:
      columns: { unit: customer, item: item }
      versions: { rule: { rule: { when: { income: { from: 3000 } }, then: 0.8, else: 0.2 } }, next: { constant: 1 } }
      cohorts: { the rest: { arms: { next: 0.3 } } }
`);
  const [requests = [], labels = []] = [...guide.matchAll(/```json\n([\s\S]*?)```/g)].map(([, block = ""]) =>
    block.trim().split("\n"),
  );
  expect([requests.length, labels.length]).toEqual([3, 2]);
  for (const body of requests) {
    const answer = await gateway.post("/v1/models/approval/predict", body);
    expect(answer, body).toMatchObject({ status: 200, body: { model: "approval" } });
  }
  for (const body of labels) expect(await gateway.post("/v1/labels", body), body).toMatchObject({ status: 200 });
  expect(guide).toContain('sha256(f"{salt}:{unit}".encode()).hexdigest()[:13], 16) / 2**52');
  for (let i = 0; i < 50; i++) {
    const digest = createHash("sha256").update(`approval/the rest:unit ${i}`).digest("hex");
    const place = Number.parseInt(digest.slice(0, 13), 16) / 2 ** 52;
    const { body } = await gateway.post("/v1/models/approval/predict", { record: {}, unit: `unit ${i}` });
    expect(body).toMatchObject({ version: place < 0.3 ? "next" : "rule" });
  }
  await gateway.stop();
});

test("the file in the guide is read as the guide says", async () => {
  const [, yaml = ""] = /```yaml\n([\s\S]*?)```/.exec(guide) ?? [];
  const folder = mkdtempSync(join(tmpdir(), "umpire-guide-"));
  try {
    writeFileSync(join(folder, "umpire.yaml"), yaml);
    const { config } = await readGateway("umpire.yaml", folder, join(folder, "out"), {});
    const [model] = config.models;
    expect(model!.versions.map(({ version }) => version)).toEqual(["current", "next", "rule"]);
    expect(model!.routing.cohorts.map(({ name, arms }) => [name, arms])).toEqual([
      ["young", [{ version: "next", share: 1 }]],
      ["the rest", [{ version: "next", share: 0.1 }]],
    ]);
    expect(model!.routing.fallback).toEqual(["rule"]);
    expect(model!.guard.timeoutMilliseconds).toBe(200);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
