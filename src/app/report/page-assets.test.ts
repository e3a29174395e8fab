import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pageAssets } from "./page-assets.ts";

describe("the script and style of a page", () => {
  let root = "";
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "umpire-assets-"));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it("come built with a package, which has no sources", async () => {
    mkdirSync(join(root, "dist", "report"), { recursive: true });
    writeFileSync(join(root, "dist", "report", "report.js"), "built();");
    writeFileSync(join(root, "dist", "report", "report.css"), "p{}");
    expect(await pageAssets("report", root)).toEqual({ script: "built();", style: "p{}" });
  });
  it("are missed with a typed failure that says how to get them", async () => {
    await expect(pageAssets("report", root)).rejects.toMatchObject({
      code: "FILE_MISSING",
      mend: [expect.stringContaining("npm run build:pages")],
    });
  });
  it.each(["report", "console"] as const)(
    "are built from the sources of this checkout, as one script without imports: %s",
    async (name) => {
      const { script, style } = await pageAssets(name);
      expect(script).not.toMatch(/(^|[;}\n])\s*(import|export)[\s{*]/);
      expect(script.length).toBeGreaterThan(10_000);
      expect(script.length).toBeLessThan(200_000);
      expect(style).toContain("@media");
    },
  );
});
