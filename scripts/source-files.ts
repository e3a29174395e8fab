import { readdirSync } from "node:fs";
import { join, relative } from "node:path";

const FOLDERS = ["src", "test", "scripts", "bench"];

/** Every TypeScript file of the repository, by path from its root, sorted. */
export function sourceFiles(root: string): readonly string[] {
  return FOLDERS.flatMap((folder) => typescriptFiles(join(root, folder))).map((path) => relative(root, path));
}

function typescriptFiles(folder: string): string[] {
  let entries;
  try {
    entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  } catch {
    return [];
  }
  return entries
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes("node_modules"))
    .sort();
}
