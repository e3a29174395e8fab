import { existsSync, globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { commands } from "../src/entrypoints/cli/commands/index.ts";
import { Failure } from "../src/core/failures.ts";
import { parsePolicy } from "../src/schemas/policy/parse-policy.ts";
import { pageErrors } from "./docs-rules.ts";
import { generatedDocuments } from "./generated-docs.ts";

const root = resolve(import.meta.dirname, "..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");

const manifest = JSON.parse(read("package.json")) as { readonly scripts: Readonly<Record<string, string>> };
const around = {
  exists: (path: string) => existsSync(join(root, path)),
  npmScripts: new Set(Object.keys(manifest.scripts)),
  commands: new Set(["help", ...commands.map((command) => command.name)]),
  policyErrors,
};
function policyErrors(text: string): readonly string[] {
  try {
    parsePolicy(text, "example");
    return [];
  } catch (error) {
    if (error instanceof Failure) return [`${error.where ?? ""} ${error.message}`];
    throw error;
  }
}

const pages = globSync("{*.md,{docs,examples,src,test,scripts,bench,web}/**/*.md}", {
  cwd: root,
  exclude: ["**/node_modules/**", "**/golden/**"],
})
  .filter((path) => path !== "CHANGELOG.md")
  .sort();

const errors = pages.flatMap((path) => pageErrors({ path, text: read(path) }, around));
for (const document of generatedDocuments) {
  const present = around.exists(document.path) ? read(document.path) : "";
  if (present !== (await document.render(root)))
    errors.push(`${document.path}: differs from what \`npm run docs\` makes`);
}
for (const error of errors) process.stdout.write(`${error}\n`);
process.stdout.write(`${pages.length} pages, ${errors.length} errors\n`);
process.exitCode = errors.length > 0 ? 1 : 0;
