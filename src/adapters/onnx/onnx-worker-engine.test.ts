import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

test("a thread whose model cannot be opened says why and ends, so that the process can end too", () => {
  const folder = mkdtempSync(join(tmpdir(), "umpire-worker-"));
  const script = join(folder, "start.mjs");
  const module = new URL("onnx-worker-engine.ts", import.meta.url).href;
  writeFileSync(
    script,
    `import { OnnxWorkerEngine } from ${JSON.stringify(module)};
    const engine = new OnnxWorkerEngine({ path: "/nowhere/model.onnx" });
    await engine.start().catch((error) => console.log(error.message));`,
  );
  try {
    const said = execFileSync(process.execPath, [script], { encoding: "utf8", timeout: 20_000 });
    expect(said).toContain("cannot be read");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
