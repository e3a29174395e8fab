import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

/** One of the project's checks: a command that ends with 0 when all is well. */
export interface Check {
  readonly name: string;
  readonly command: readonly string[];
}

export interface CheckResult {
  readonly name: string;
  readonly passed: boolean;
  readonly output: string;
}

const root = resolve(import.meta.dirname, "..");
/** Parts that run in a browser and have a TypeScript configuration of their own. */
const browserParts = ["src/report-page/tsconfig.json", "src/console-page/tsconfig.json", "test/browser/tsconfig.json"];

export const checks: readonly Check[] = [
  { name: "types", command: ["tsc", "-p", "."] },
  ...browserParts
    .filter((path) => existsSync(join(root, path)))
    .map((path) => ({
      name: `types of ${path.replace("/tsconfig.json", "")}`,
      command: ["tsc", "-p", path, "--noEmit"],
    })),
  { name: "lint", command: ["oxlint", "--type-aware", "--deny-warnings"] },
  { name: "format", command: ["biome", "format", "--colors=off"] },
  { name: "imports", command: ["node", "scripts/check-imports.ts"] },
  { name: "form", command: ["node", "scripts/check-form.ts"] },
  { name: "unused code", command: ["knip", "--no-progress"] },
  { name: "docs", command: ["node", "scripts/check-docs.ts"] },
];

/** Runs one check and keeps what it printed. */
export function runCheck(check: Check): Promise<CheckResult> {
  const [program = "", ...args] = check.command;
  const tools = join(root, "node_modules/.bin");
  const environment = { ...process.env, PATH: `${tools}:${process.env["PATH"] ?? ""}`, NO_COLOR: "1" };
  return new Promise((settle) => {
    const child = spawn(program === "node" ? process.execPath : join(tools, program), args, {
      cwd: root,
      env: environment,
    });
    const output: string[] = [];
    child.stdout.on("data", (text) => output.push(String(text)));
    child.stderr.on("data", (text) => output.push(String(text)));
    child.on("error", (error) => settle({ name: check.name, passed: false, output: error.message }));
    child.on("close", (code) => settle({ name: check.name, passed: code === 0, output: output.join("") }));
  });
}

if (import.meta.main) {
  const results = await Promise.all(checks.map(runCheck));
  const failed = results.filter((result) => !result.passed);
  for (const { name, output } of failed) process.stdout.write(`── ${name}\n${output.trimEnd()}\n\n`);
  const names = (some: readonly CheckResult[]): string => some.map((result) => result.name).join(", ");
  if (failed.length > 0) process.stdout.write(`failed: ${names(failed)}\n`);
  else process.stdout.write(`${results.length} checks passed: ${names(results)}\n`);
  process.exitCode = failed.length > 0 ? 1 : 0;
}
