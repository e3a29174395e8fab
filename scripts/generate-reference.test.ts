import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { referencePages } from "./reference-pages.ts";

describe("the generated reference", () => {
  it.each(referencePages)(
    "is committed as the catalogues say: %s (else: node scripts/generate-reference.ts)",
    (name, render) => {
      const committed = readFileSync(new URL(`../docs/reference/${name}`, import.meta.url), "utf8");
      expect(committed).toBe(render());
    },
  );
});
