import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readGateway } from "../../src/app/serving/read-gateway.ts";

test("the file in the guide is read as the guide says", async () => {
  const guide = readFileSync(new URL("../../docs/guides/gateway.md", import.meta.url), "utf8");
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
