import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkImports } from "./check-imports.ts";

const root = resolve(import.meta.dirname, "..");

const planted: Readonly<Record<string, string>> = {
  "src/core/types-outward.ts": 'import type { Port } from "../app/port.ts";\nexport type Own = Port;\n',
  "src/core/reads-files.ts": 'export { readFileSync } from "node:fs";\n',
  "src/core/reads-yaml.ts": 'export { parse } from "yaml";\n',
  "src/core/uses-matrix.ts": 'export { Matrix } from "ml-matrix";\n',
  "src/core/tested.test.ts":
    'import { it } from "vitest";\nimport { readFileSync } from "node:fs";\nit.todo(String(readFileSync));\n',
  "src/core/leans-on-test.ts": 'export { helper } from "../../test/helper.ts";\n',
  "src/core/left.ts": 'import { right } from "./right.ts";\nexport const left = (): unknown => right;\n',
  "src/core/right.ts": 'import { left } from "./left.ts";\nexport const right = (): unknown => left;\n',
  "src/core/points-nowhere.ts": 'export { nothing } from "./nothing.ts";\n',
  "src/app/port.ts": "export interface Port {}\n",
  "src/app/names-adapter.ts": 'export const load = () => import("../adapters/first/first.ts");\n',
  "src/adapters/first/first.ts": 'export { second } from "../second/second.ts";\n',
  "src/adapters/second/second.ts": 'export type { Port } from "../../app/port.ts";\nexport const second = 2;\n',
  "src/entrypoints/cli/names-adapter.ts": 'export { second } from "../../adapters/second/second.ts";\n',
  "test/helper.ts": 'export { second as helper } from "../src/adapters/second/second.ts";\n',
};

const expected = [
  "src/adapters/first/first.ts imports src/adapters/second/second.ts: adapters-apart",
  "src/app/names-adapter.ts imports src/adapters/first/first.ts: app-imports-inward-only",
  "src/core/leans-on-test.ts imports test/helper.ts: product-without-tests",
  "src/core/left.ts imports src/core/right.ts: no-cycles",
  "src/core/points-nowhere.ts imports ./nothing.ts: nothing-unresolved",
  "src/core/reads-files.ts imports fs: core-without-node",
  "src/core/reads-yaml.ts imports node_modules/yaml/: core-packages",
  "src/core/types-outward.ts imports src/app/port.ts: core-imports-inward-only",
  "src/entrypoints/cli/names-adapter.ts imports src/adapters/second/second.ts: entrypoints-imports-inward-only",
];

describe("the import checker", () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "umpire-imports-"));
    cpSync(join(root, "layers.json"), join(folder, "layers.json"));
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    for (const [path, text] of Object.entries(planted)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("names every planted violation, type-only and dynamic imports too, and nothing else", async () => {
    const { violations, modules, files } = await checkImports(folder);
    const short = violations.map((line) =>
      line.replace(/ \(.*$/, "").replace(/\S*(node_modules\/[^/]+\/)\S*(?=:)/, "$1"),
    );
    expect(short.sort()).toEqual(expected);
    expect(modules).toBe(files);
    expect(files).toBe(Object.keys(planted).length);
  });
});
