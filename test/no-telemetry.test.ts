import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const models = JSON.parse(
  readFileSync(new URL("../src/adapters/onnx/models.fixture.json", import.meta.url), "utf8"),
) as { readonly models: Readonly<Record<string, { readonly onnx: string }>> };
const command = fileURLToPath(new URL("../bin/umpire.cjs", import.meta.url));

/** ONNX Runtime leaves the id of a machine in the home folder and its unsent reports beside the model. */
test("a model that is served leaves nothing in the home folder, the temporary folder or where the user stands", async () => {
  const folder = mkdtempSync(join(tmpdir(), "umpire-quiet-"));
  const [home, temporary, here] = ["home", "temporary", "here"].map((name) => join(folder, name));
  for (const path of [home!, temporary!, here!]) mkdirSync(path);
  writeFileSync(join(here!, "pets.onnx"), Buffer.from(models.models["three_classes"]!.onnx, "base64"));
  // Without what tells a library that it is being tested, where it would keep quiet by itself.
  const env = { PATH: process.env["PATH"], HOME: home, TMPDIR: temporary, NODE_DISABLE_COMPILE_CACHE: "1" };
  const args = ["gateway", "--model", "pets=pets.onnx", "--port", "0", "--json", "--out", join(folder, "out")];
  const child = spawn(process.execPath, [command, ...args], { cwd: here, env, stdio: ["ignore", "pipe", "ignore"] });
  try {
    const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
    await new Promise<void>((resolve, reject) => {
      child.once("exit", (code) => reject(new Error(`ended with ${code}`)));
      child.stdout.once("data", () => resolve());
    });
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
    expect(readdirSync(home!, { recursive: true })).toEqual([]);
    expect(readdirSync(temporary!, { recursive: true })).toEqual([]);
    expect(readdirSync(here!)).toEqual(["pets.onnx"]);
  } finally {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
});
