/** Bundles the scripts of the pages: one classic script each, no imports left, and its style beside it. */
import { copyFile, mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

export type PageName = "report" | "console";

/** Builds into a folder of its own first, so that a page written at the same time never meets half a script. */
export async function buildPage(root: string, name: PageName): Promise<void> {
  const out = join(root, "dist", name);
  const fresh = join(root, "dist", `${name}-${process.pid}`);
  await build({
    root,
    configFile: false,
    logLevel: "error",
    publicDir: false,
    build: {
      outDir: fresh,
      emptyOutDir: true,
      target: "es2022",
      lib: {
        entry: join(root, `src/${name}-page/main.ts`),
        formats: ["iife"],
        name: "umpirePage",
        fileName: () => `${name}.js`,
      },
    },
  });
  await copyFile(join(root, `src/${name}-page/${name}.css`), join(fresh, `${name}.css`));
  await mkdir(out, { recursive: true });
  for (const file of [`${name}.css`, `${name}.js`]) await rename(join(fresh, file), join(out, file));
  await rm(fresh, { recursive: true, force: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL("..", import.meta.url));
  for (const name of ["report", "console"] as const) await buildPage(root, name);
}
