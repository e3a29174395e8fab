import fc from "fast-check";
import { expect, test } from "vitest";
import { readYaml } from "../../schemas/yaml-source.ts";
import { yamlText } from "./render-policy.ts";

test("any text is written so that it reads back as itself, in a map and in a list", () => {
  const awkward = fc.constantFrom(
    "yes",
    "null",
    "1",
    "a: b",
    "a #b",
    "- x",
    "*.csv",
    "C:\\d",
    "it's",
    " x",
    "€",
    "~",
    "",
  );
  fc.assert(
    fc.property(fc.oneof(awkward, fc.string({ unit: "grapheme" })), (text) => {
      const { value } = readYaml(`k: { a: ${yamlText(text)}, b: [${yamlText(text)}, x] } # end`, "x.yaml");
      expect(value).toEqual({ k: { a: text, b: [text, "x"] } });
    }),
    { numRuns: 300, seed: 9 },
  );
});
