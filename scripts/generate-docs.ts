import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { generatedDocuments } from "./generated-docs.ts";

const root = resolve(import.meta.dirname, "..");
for (const document of generatedDocuments) {
  const path = join(root, document.path);
  const text = await document.render(root);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  process.stdout.write(`${document.path}\n`);
}
