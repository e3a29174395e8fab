import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { settingsOf } from "./gateway-settings.ts";

const folder = mkdtempSync(join(tmpdir(), "umpire-settings-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const two = "gateway: { models: { a: { versions: { v1: { constant: 1 } } } } }\n";

test("a file that names no model is a mistake, unless a server says what is served", async () => {
  writeFileSync(join(folder, "umpire.yaml"), "gateway: { log: { mode: durable } }\n");
  await expect(settingsOf({ model: [] }, [], folder)).rejects.toThrow(/names no model/);
  const { config } = await settingsOf({ model: [], server: "http://127.0.0.1:1" }, ["umpire.yaml"], folder);
  expect(config.models).toEqual([]);
  expect(config.log.mode).toBe("durable");
});

test("models of the file and of the flags are served together, each name once", async () => {
  writeFileSync(join(folder, "umpire.yaml"), two);
  const both = await settingsOf({ model: ["b=http://127.0.0.1:1"] }, ["umpire.yaml"], folder);
  expect(both.config.models.map(({ name }) => name)).toEqual(["a", "b"]);
  for (const model of [["a=x.onnx"], ["c=x.onnx", "c=y.onnx"]]) {
    await expect(settingsOf({ model }, ["umpire.yaml"], folder)).rejects.toThrow(/named twice/);
  }
});
