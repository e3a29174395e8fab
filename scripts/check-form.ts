import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { formErrors } from "./form-rules.ts";
import { sourceFiles } from "./source-files.ts";

const root = resolve(import.meta.dirname, "..");
const files = sourceFiles(root);
const errors = files.flatMap((path) => formErrors({ path, text: readFileSync(join(root, path), "utf8") }));
for (const error of errors) process.stdout.write(`${error}\n`);
process.stdout.write(`${files.length} files, ${errors.length} errors\n`);
process.exitCode = errors.length > 0 ? 1 : 0;
