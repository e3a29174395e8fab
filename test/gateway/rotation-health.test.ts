import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { startGateway } from "./running-gateway.ts";

test("a log that cannot be rotated, and so keeps what should go, is told by /health", async () => {
  const folder = mkdtempSync(join(tmpdir(), "umpire-rotation-"));
  const yaml =
    "gateway:\n  log: { folder: log, retention: 1d }\n  models: { m: { versions: { a: { constant: 1 } } } }\n";
  const gateway = await startGateway(yaml, folder);
  expect((await gateway.call("GET", "/health")).body).toMatchObject({ status: "ok" });
  await gateway.post("/v1/models/m/predict", { record: { x: 1 } });
  // Where the folder of Parquet should be lies a file.
  writeFileSync(join(folder, "log", "parquet"), "in the way");
  await gateway.running.gateway.log.roll();
  await vi.waitUntil(
    async () => {
      const { body } = await gateway.call("GET", "/health");
      const { status, log } = body as { status: string; log: { rotation?: string } };
      return status === "degraded" && log.rotation !== undefined;
    },
    { timeout: 20_000, interval: 100 },
  );
  await gateway.stop();
});
