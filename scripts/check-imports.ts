import { resolve } from "node:path";
import { cruise, type ICruiseResult } from "dependency-cruiser";
import { importRules } from "./import-rules.ts";
import { readLayers } from "./layers.ts";
import { sourceFiles } from "./source-files.ts";

export interface ImportReport {
  /** One line each: `src/core/a.ts imports src/app/b.ts: core-imports-inward-only (src/core may import src/core)`. */
  readonly violations: readonly string[];
  readonly modules: number;
  readonly files: number;
}

/**
 * Checks every import of the TypeScript files of a repository against its `layers.json`.
 * A parser that reads nothing finds nothing, so a module count that differs from the file count is a violation too.
 */
export async function checkImports(root: string): Promise<ImportReport> {
  const files = sourceFiles(root);
  const { output } = await cruise([...files], {
    baseDir: root,
    ruleSet: { forbidden: importRules(readLayers(root)) },
    validate: true,
    parser: "swc",
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"] },
  });
  return report(typeof output === "string" ? (JSON.parse(output) as ICruiseResult) : output, files);
}

function report(result: ICruiseResult, files: readonly string[]): ImportReport {
  const seen = new Set(result.modules.map((module) => module.source));
  const unread = files.filter((file) => !seen.has(file));
  const comments = new Map((result.summary.ruleSetUsed?.forbidden ?? []).map((rule) => [rule.name, rule.comment]));
  const violations = result.summary.violations.map(
    ({ from, to, rule }) => `${from} imports ${to}: ${rule.name} (${comments.get(rule.name) ?? ""})`,
  );
  return {
    violations: [...violations, ...unread.map((file) => `${file} was not read by the import checker`)],
    modules: files.length - unread.length,
    files: files.length,
  };
}

if (import.meta.main) {
  const { violations, modules } = await checkImports(resolve(import.meta.dirname, ".."));
  for (const violation of violations) process.stdout.write(`${violation}\n`);
  process.stdout.write(`${modules} files, ${violations.length} imports against layers.json\n`);
  process.exitCode = violations.length > 0 ? 1 : 0;
}
