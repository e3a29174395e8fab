import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { reportAssets } from "./report-assets.ts";

describe("the report page's script and style", () => {
  let root = "";
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "umpire-assets-"));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it("come built with a package, which has no sources", async () => {
    mkdirSync(join(root, "dist", "report"), { recursive: true });
    writeFileSync(join(root, "dist", "report", "report.js"), "built();");
    writeFileSync(join(root, "dist", "report", "report.css"), "p{}");
    expect(await reportAssets(root)).toEqual({ script: "built();", style: "p{}" });
  });
  it("are missed with a typed failure that says how to get them", async () => {
    await expect(reportAssets(root)).rejects.toMatchObject({
      code: "FILE_MISSING",
      mend: [expect.stringContaining("npm run build:report")],
    });
  });
  it("are built from the sources of this checkout, as one script without imports", async () => {
    const { script, style } = await reportAssets();
    expect(script).not.toMatch(/(^|[;}\n])\s*(import|export)[\s{*]/);
    expect(script.length).toBeGreaterThan(20_000);
    expect(script.length).toBeLessThan(200_000);
    expect(style).toContain("prefers-color-scheme: dark");
  });
});
