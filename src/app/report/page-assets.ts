import { existsSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Failure } from "../../core/failures.ts";
import type { ReportAssets } from "../../core/report/html.ts";

type PageName = "report" | "console";

/**
 * A page's script and style. A package ships them built in `dist/report` and `dist/console`; a checkout builds them
 * when they are missing or older than their sources, so that nobody looks at yesterday's page.
 */
export async function pageAssets(name: PageName, root: string = packageRoot()): Promise<ReportAssets> {
  const built = join(root, "dist", name);
  const sources = ["report-page", "console-page", "core"].map((folder) => join(root, "src", folder));
  const [builtAt, changedAt] = await Promise.all([newest([built]), newest(sources)]);
  if (changedAt !== null && (builtAt === null || builtAt < changedAt)) await build(root, name);
  try {
    const [script, style] = await Promise.all([
      readFile(join(built, `${name}.js`), "utf8"),
      readFile(join(built, `${name}.css`), "utf8"),
    ]);
    return { script, style };
  } catch (cause) {
    throw new Failure("FILE_MISSING", {
      message: `the script of the ${name} page is not in this installation`,
      where: `dist/${name}/${name}.js`,
      mend: ["in a checkout: npm run build:pages; else install the package again"],
      cause,
    });
  }
}

/** Without the tools that build (an installation without development packages), what was built before has to do. */
async function build(root: string, name: PageName): Promise<void> {
  const path = join(root, "scripts", "build-pages.ts");
  if (!existsSync(path) || !existsSync(join(root, "node_modules", "vite"))) return;
  const module = (await import(pathToFileURL(path).href)) as { buildPage(root: string, name: string): Promise<void> };
  await module.buildPage(root, name);
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
