import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { runLogFolder } from "./run-log-folder.ts";

const folder = mkdtempSync(join(tmpdir(), "umpire-run-logs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("gives the ends of a run's logs in the order of its steps, whole lines, and nothing beside them", async () => {
  mkdirSync(join(folder, "runs", "r1"), { recursive: true });
  mkdirSync(join(folder, "runs", "r1-final"));
  writeFileSync(join(folder, "secret.log"), "not for you");
  writeFileSync(join(folder, "runs", "r1", "2-fit.log"), "é\n".repeat(1000));
  writeFileSync(join(folder, "runs", "r1", "10-check.log"), "done\n");
  writeFileSync(join(folder, "runs", "r1", "model.onnx"), "x");
  symlinkSync(join(folder, "secret.log"), join(folder, "runs", "r1", "3-link.log"));
  writeFileSync(join(folder, "runs", "r1-final", "1-fit.log"), "x".repeat(50));
  const logs = runLogFolder(join(folder, "runs"));
  const found = await logs.tails("r1", 20);
  expect(found.map(({ step, bytes, cut }) => [step, bytes, cut])).toEqual([
    ["2-fit", 3000, true],
    ["10-check", 5, false],
    ["final 1-fit", 50, true],
  ]);
  expect(found[0]!.text).toMatch(/^(é\n)+$/);
  expect(found[2]!.text).toBe("x".repeat(20));
  for (const run of ["..", "r1/../..", "nothing", ""]) expect(await logs.tails(run, 20)).toEqual([]);
});
