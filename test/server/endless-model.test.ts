import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { createArtifactFolder } from "../../src/adapters/artifacts/artifact-folder.ts";
import { tryModel } from "../../src/composition/trial.ts";
import type { OnnxArtifact } from "../../src/core/registry/registry-entries.ts";

const models = JSON.parse(readFileSync(new URL("./endless-model.fixture.json", import.meta.url), "utf8")) as Record<
  "short" | "endless",
  string
>;
const folder = mkdtempSync(join(tmpdir(), "umpire-endless-"));
const artifacts = createArtifactFolder(folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function kept(bytes: Buffer): Promise<[OnnxArtifact, string]> {
  const { digest } = await artifacts.put(bytes, 1_000_000);
  expect(digest).toBe(createHash("sha256").update(bytes).digest("hex"));
  const said = { encode: null, missing: null, output: null, class: null, task: null };
  const artifact: OnnxArtifact = { kind: "onnx", digest, bytes: bytes.length, features: ["a", "b"], ...said };
  return [artifact, artifacts.path(digest)];
}

it("a model that computes for ever is refused after a while, and the process that was to register it goes on", async () => {
  let turns = 0;
  const ticking = setInterval(() => turns++, 20);
  const refused = tryModel(...(await kept(Buffer.from(models.endless, "base64"))), 4000);
  const message = expect.stringMatching(/not answer a row within 4 s/) as string;
  await expect(refused).rejects.toMatchObject({ code: "MODEL", message });
  clearInterval(ticking);
  expect(turns).toBeGreaterThan(20);
});

it("many at a time are tried a few at a time, and all get their answer", async () => {
  const one = await kept(Buffer.from(models.short, "base64"));
  const endless = tryModel(...(await kept(Buffer.from(models.endless, "base64"))), 2000);
  const all = Promise.all(Array.from({ length: 4 }, () => tryModel(...one)));
  await expect(endless).rejects.toMatchObject({ code: "MODEL" });
  await all;
});

it("one that ends is opened; what is no model is refused as before", async () => {
  await tryModel(...(await kept(Buffer.from(models.short, "base64"))));
  const broken = tryModel(...(await kept(Buffer.from("this is no model"))));
  await expect(broken).rejects.toMatchObject({ code: "MODEL" });
});
