/** Bundles the script inside report.html: one classic script, no imports left, and its style beside it. */
import { copyFile, mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

/** Builds into a folder of its own first, so that a report written at the same time never meets half a script. */
export async function buildReport(root: string): Promise<void> {
  const out = join(root, "dist", "report");
  const fresh = join(root, "dist", `report-${process.pid}`);
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
        entry: join(root, "src/report-page/main.ts"),
        formats: ["iife"],
        name: "umpireReport",
        fileName: () => "report.js",
      },
    },
  });
  await copyFile(join(root, "src/report-page/report.css"), join(fresh, "report.css"));
  await mkdir(out, { recursive: true });
  for (const name of ["report.css", "report.js"]) await rename(join(fresh, name), join(out, name));
  await rm(fresh, { recursive: true, force: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await buildReport(fileURLToPath(new URL("..", import.meta.url)));
