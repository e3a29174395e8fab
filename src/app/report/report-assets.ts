import { existsSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Failure } from "../../core/failures.ts";
import type { ReportAssets } from "../../core/report/html.ts";

/**
 * The report page's script and style. A package ships them built in `dist/report`; a checkout builds them when they are
 * missing or older than their sources, so that a report never shows yesterday's page.
 */
export async function reportAssets(root: string = packageRoot()): Promise<ReportAssets> {
  const built = join(root, "dist", "report");
  const sources = join(root, "src", "report-page");
  const [builtAt, changedAt] = await Promise.all([newest([built]), newest([sources, join(root, "src", "core")])]);
  if (changedAt !== null && (builtAt === null || builtAt < changedAt)) await build(root);
  try {
    const [script, style] = await Promise.all([
      readFile(join(built, "report.js"), "utf8"),
      readFile(join(built, "report.css"), "utf8"),
    ]);
    return { script, style };
  } catch (cause) {
    throw new Failure("FILE_MISSING", {
      message: "the report page's script is not in this installation",
      where: "dist/report/report.js",
      mend: ["in a checkout: npm run build:report; else install the package again"],
      cause,
    });
  }
}

/** Without the tools that build (an installation without development packages), what was built before has to do. */
async function build(root: string): Promise<void> {
  const path = join(root, "scripts", "build-report.ts");
  if (!existsSync(path) || !existsSync(join(root, "node_modules", "vite"))) return;
  const module = (await import(pathToFileURL(path).href)) as { buildReport(root: string): Promise<void> };
  await module.buildReport(root);
}

/** Latest change of any source file below the folders, in milliseconds; null where there is none. */
async function newest(folders: readonly string[]): Promise<number | null> {
  let latest: number | null = null;
  for (const folder of folders) {
    const names = await readdir(folder, { recursive: true }).catch(() => []);
    for (const name of names) {
      if (!/\.(ts|css|js)$/.test(name) || name.endsWith(".test.ts")) continue;
      const { mtimeMs } = await stat(join(folder, name));
      if (latest === null || mtimeMs > latest) latest = mtimeMs;
    }
  }
  return latest;
}

/** The nearest folder above this file that holds package.json, wherever the file was bundled to. */
function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json")) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}
