import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the package, in a checkout and where it is installed. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    try {
      const { name } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { name?: string };
      if (name === "umpire") return folder;
    } catch {
      // Not this folder: look further up.
    }
    if (dirname(folder) === folder) throw new Error("package.json of umpire was not found");
    folder = dirname(folder);
  }
}

/** Version of the product, as in package.json. */
export function productVersion(): string {
  return (JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")) as { version: string }).version;
}
