import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { refuseDeepJson } from "./json-depth.ts";

const folder = mkdtempSync(join(tmpdir(), "umpire-depth-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function refuse(text: string): Promise<void> {
  const path = join(folder, "data.jsonl");
  writeFileSync(path, text);
  return refuseDeepJson({ path: "data.jsonl", plain: path, format: "json", bytes: text.length, delimiter: "," });
}

describe("the depth of JSON", () => {
  it("passes brackets inside of texts and 64 levels", async () => {
    const text = JSON.stringify({ a: '[{"\\'.repeat(100) });
    await expect(refuse(`${text}\n${"[".repeat(64)}${"]".repeat(64)}\n`)).resolves.toBeUndefined();
  });

  it("refuses a nesting bomb with its line instead of handing it to the engine", async () => {
    await expect(refuse(`{"a":1}\n${'{"a":'.repeat(200_000)}1${"}".repeat(200_000)}\n`)).rejects.toMatchObject({
      code: "FILE_UNREADABLE",
      where: "data.jsonl:2",
    });
  });
});
