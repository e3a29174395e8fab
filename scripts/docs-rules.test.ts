import { describe, expect, it } from "vitest";
import { pageErrors, type Surroundings } from "./docs-rules.ts";

const around: Surroundings = {
  exists: (path) => ["src/core", "layers.json", "docs/guides/ci.md"].includes(path),
  npmScripts: new Set(["check", "umpire"]),
  commands: new Set(["judge"]),
  policyErrors: (text) => (text.includes("weihgt") ? ["unknown key weihgt"] : []),
};
const errorsOf = (text: string, path = "README.md"): readonly string[] => pageErrors({ path, text }, around);

describe("a page of the documentation", () => {
  it("is good where every path, script, command and example exists", () => {
    const text = [
      "See `src/core`, `layers.json`, [the guide](docs/guides/ci.md#gitlab) and [the web](https://example.org).",
      "Write `src/core/metrics/<name>.ts`, run `npm run check` or `npm run --silent umpire -- judge umpire.yaml`.",
      "```yaml\ntask: binary\nmodels: { champion: { column: a } }\n```",
    ].join("\n");
    expect(errorsOf(text)).toEqual([]);
  });

  it("is wrong where a code span or a link names a path that does not exist", () => {
    expect(errorsOf("See `src/gone.ts` and [this](../guides/ci.md).", "docs/guides/other.md")).toEqual([
      "docs/guides/other.md: names src/gone.ts, which does not exist",
    ]);
    expect(errorsOf("[this](gone.md)", "docs/guides/other.md")).toEqual([
      "docs/guides/other.md: names gone.md, which does not exist",
    ]);
  });

  it("is wrong where it names a script or a command that does not exist", () => {
    expect(errorsOf("Run `npm run chekc`, then `umpire jugde umpire.yaml`.")).toEqual([
      'README.md: names "npm run chekc", which package.json does not have',
      'README.md: names "umpire jugde", which is not a command',
    ]);
  });

  it("is wrong where a YAML example does not parse or a whole policy has errors", () => {
    expect(errorsOf("```yaml\na: [1\n```")).toHaveLength(1);
    expect(errorsOf("```yaml\ntask: binary\nmodels: {}\nslices: { a: { weihgt: 1 } }\n```")).toEqual([
      "README.md: yaml example: unknown key weihgt",
    ]);
  });
});
