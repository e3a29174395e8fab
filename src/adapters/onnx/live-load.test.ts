import { writeFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, it, vi } from "vitest";
import { createOnnxServingRuntime } from "./onnx-serving-runtime.ts";

const runs = vi.hoisted(() => ({ here: 0 }));
/** Counts the runs of this thread: those of a worker are in a module of its own. */
vi.mock("./onnx-engine.ts", async (load) => {
  const real = await load<typeof import("./onnx-engine.ts")>();
  return {
    openOnnxEngine: async (spec: Parameters<typeof real.openOnnxEngine>[0]) => {
      const engine = await real.openOnnxEngine(spec);
      return { ...engine, run: (...call: Parameters<typeof engine.run>) => (runs.here++, engine.run(...call)) };
    },
  };
});
beforeEach(() => void (runs.here = 0));

const folder = mkdtempSync(join(tmpdir(), "umpire-live-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const models = JSON.parse(readFileSync(new URL("./live-load.fixture.json", import.meta.url), "utf8")) as Record<
  "short" | "slow",
  string
>;
const load = (name: "short" | "slow", more: { live?: boolean; thread?: "main" | "worker" }) => {
  const path = join(folder, `${name}.onnx`);
  writeFileSync(path, Buffer.from(models[name], "base64"));
  return createOnnxServingRuntime().load({ kind: "onnx", path, features: ["a", "b"], ...more });
};
const rows = {
  count: 2,
  records: [
    { a: 1, b: 2 },
    { a: 3, b: 0.5 },
  ],
};

it("a slow model that is loaded while others are answered never runs on their thread", async () => {
  const model = await load("slow", { live: true });
  expect(model.placement).toMatch(/^worker thread: \d+/);
  expect([...(await model.predict(rows, {})).scores]).toEqual([3, 3.5]);
  expect(runs.here).toBe(0);
  await model.close();
});

it("a short one ends up there all the same, and one that is loaded before anybody asks is measured there", async () => {
  const short = await load("short", { live: true });
  expect(short.placement).toMatch(/^main thread/);
  expect([...(await short.predict(rows, {})).scores]).toEqual([3, 3.5]);
  await short.close();
  runs.here = 0;
  const slow = await load("slow", {});
  expect(runs.here).toBeGreaterThan(2);
  await slow.close();
  runs.here = 0;
  const declared = await load("slow", { thread: "worker" });
  expect(runs.here).toBe(0);
  await declared.close();
});
