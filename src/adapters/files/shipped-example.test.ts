import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createShippedExample } from "./shipped-example.ts";

describe("a shipped example", () => {
  let folder: string;
  const at = (...names: readonly string[]): string => join(folder, ...names);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "umpire-example-"));
    mkdirSync(at("example", "models"), { recursive: true });
    writeFileSync(at("example", "umpire.yaml"), "weight: 1\n");
    writeFileSync(at("example", "README.md"), "read me\n");
    writeFileSync(at("example", "models", "a.onnx"), "model");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("is laid out with its policies and models, and again without a word where nothing changed", async () => {
    const example = createShippedExample(at("example"));
    expect(await example.lay(at("demo"))).toEqual([]);
    expect(await example.lay(at("demo"))).toEqual([]);
    const laid = readdirSync(at("demo"), { recursive: true, encoding: "utf8" });
    expect(new Set<string>(laid)).toEqual(new Set(["models", "models/a.onnx", "umpire.yaml"]));
  });

  it("moves a policy that the user changed out of the way instead of overwriting it", async () => {
    const example = createShippedExample(at("example"));
    await example.lay(at("demo"));
    writeFileSync(at("demo", "umpire.yaml"), "weight: 0.5\n");
    expect(await example.lay(at("demo"))).toEqual(["umpire.yaml.yours"]);
    writeFileSync(at("demo", "umpire.yaml"), "weight: 0.7\n");
    expect(await example.lay(at("demo"))).toEqual(["umpire.yaml.yours-2"]);
    expect(readFileSync(at("demo", "umpire.yaml"), "utf8")).toBe("weight: 1\n");
    expect(readFileSync(at("demo", "umpire.yaml.yours"), "utf8")).toBe("weight: 0.5\n");
  });
});
