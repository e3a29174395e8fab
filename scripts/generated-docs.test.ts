import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { failureCodes } from "../src/core/failures.ts";
import { generatedDocuments } from "./generated-docs.ts";
import { layersPicture } from "./layers-picture.ts";

const root = resolve(import.meta.dirname, "..");

describe("a generated document", () => {
  it.each(generatedDocuments)("is committed as the code says (else: npm run docs): $path", async ({ path, render }) => {
    expect(readFileSync(join(root, path), "utf8")).toBe(await render(root));
  });

  it("lists every failure code", () => {
    const page = readFileSync(join(root, "docs/reference/errors.md"), "utf8");
    for (const code of Object.keys(failureCodes)) expect(page).toContain(`| \`${code}\` |`);
  });
});

describe("the picture of the layers", () => {
  it("draws each allowed import that no other path implies", () => {
    const layer = { npm: [], node: true, says: "does things: many" };
    const picture = layersPicture([
      { ...layer, name: "core", path: "src/core", mayImport: [] },
      { ...layer, name: "app", path: "src/app", mayImport: ["core"] },
      { ...layer, name: "report-page", path: "src/page", mayImport: ["app", "core"] },
    ]);
    expect(picture.split("\n").filter((line) => line.includes("-->"))).toEqual([
      "  app --> core",
      "  report_page --> app",
    ]);
    expect(picture).toContain('core["<b>core</b><br/>does things"]');
  });
});
