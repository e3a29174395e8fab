import { copyFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { folderWith, umpire } from "../acceptance/command-line.ts";
import { startService } from "../acceptance/story-parts.ts";

const models = join(import.meta.dirname, "../../examples/flights/models");

it("says when a model is registered, not when the first request comes, that nobody can feed it", async () => {
  const folder = folderWith({ "broken.onnx": "this is no model" });
  const server = await startService(["server"], folder);
  const register = (file: string) =>
    umpire(["models", "register", "late", "--onnx", file, "--server", server.address], folder);
  try {
    copyFileSync(join(models, "champion.onnx"), join(folder, "bare.onnx"));
    const bare = await register("bare.onnx");
    expect(bare.code).toBe(0);
    expect(bare.stderr).toMatch(/"\w+" takes 5 values, and nothing says which columns they are/);
    expect(bare.stderr).toContain('say it in bare.json: {"features"');
    copyFileSync(join(models, "champion.meta.json"), join(folder, "bare.meta.json"));
    expect(await register("bare.onnx")).toMatchObject({ code: 0, stderr: "" });
    const broken = await register("broken.onnx");
    expect(broken.stderr).toContain("a gateway cannot serve it");
    // The file beside it is read as for a judgement, and what is wrong in it is said.
    writeFileSync(join(folder, "bare.json"), '{ "features": "hour" }');
    const wrong = await register("bare.onnx");
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain("`features` is a list of column names");
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);
