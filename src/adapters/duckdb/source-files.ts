import { readdirSync, statSync } from "node:fs";
import { glob } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Failure } from "../../core/failures.ts";
import { nearest } from "../../core/nearest.ts";

/** Names of files that hold a table, before the optional `.gz`. */
const dataEndings = [".parquet", ".pq", ".csv", ".tsv", ".tab", ".json", ".jsonl", ".ndjson"];

/** True for `test.parquet`, `test.csv.gz` and the like. */
export function hasDataEnding(path: string): boolean {
  const plain = path.toLowerCase().replace(/\.gz$/, "");
  return dataEndings.some((ending) => plain.endsWith(ending));
}

/**
 * The files that the inputs name, in the order given; globs and folders sorted by path. A file that exists under the
 * literal name wins over the same text read as a glob.
 * @throws Failure FILE_MISSING with the nearest names in the folder
 */
export async function expandInputs(inputs: readonly string[]): Promise<string[]> {
  if (inputs.length === 0) {
    throw new Failure("FILE_MISSING", { message: "no data file was named", mend: ["name a file, a folder or a glob"] });
  }
  const files: string[] = [];
  for (const input of inputs) files.push(...(await expandInput(input)));
  return files;
}

async function expandInput(input: string): Promise<string[]> {
  const facts = statSync(input, { throwIfNoEntry: false });
  if (facts?.isDirectory()) return folderFiles(input);
  if (facts !== undefined) return [input];
  if (/[*?[\]{}]/.test(input)) return globFiles(input);
  throw missingFile(input);
}

function folderFiles(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  } catch (cause) {
    throw new Failure("FILE_UNREADABLE", {
      message: `the folder ${folder} cannot be listed (${reasonOf(cause)})`,
      mend: ["check its permissions"],
      cause,
    });
  }
  const files = names
    .filter((name) => hasDataEnding(name) && !name.split(/[\\/]/).some((part) => /^[._]/.test(part)))
    .map((name) => join(folder, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true)
    .sort();
  if (files.length > 0) return files;
  throw new Failure("FILE_MISSING", {
    message: `the folder ${folder} holds no data file`,
    mend: [`files that are read end in ${dataEndings.join(", ")}, each also with .gz`],
  });
}

async function globFiles(pattern: string): Promise<string[]> {
  const files: string[] = [];
  for await (const path of glob(pattern)) {
    if (statSync(path, { throwIfNoEntry: false })?.isFile() === true) files.push(path);
  }
  if (files.length > 0) return files.sort();
  throw new Failure("FILE_MISSING", {
    message: `no file fits the pattern ${pattern}`,
    mend: ["paths are relative to the file that names them; quote the pattern on a command line"],
  });
}

function missingFile(path: string): Failure {
  const folder = dirname(path);
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return new Failure("FILE_MISSING", {
      message: `${path} does not exist: there is no folder ${folder}`,
      mend: ["paths are relative to the file that names them"],
    });
  }
  const near = nearest(basename(path), names).map((name) => (folder === "." ? name : join(folder, name)));
  const others = names.filter(hasDataEnding).slice(0, 5);
  const mend =
    near.length > 0
      ? [`nearest names: ${near.join(", ")}`]
      : others.length > 0
        ? [`data files in ${folder}: ${others.join(", ")}`]
        : [`the folder ${folder} holds no data file`];
  return new Failure("FILE_MISSING", { message: `${path} does not exist`, mend });
}

/** The system's word for an error (EACCES, EISDIR …) or its message. */
export function reasonOf(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  return error instanceof Error ? error.message : String(error);
}
