import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { referencePages } from "./reference-pages.ts";

/** Writes `docs/reference/*.md` from the catalogues. A test fails while a committed page differs from what this writes. */
const folder = new URL("../docs/reference/", import.meta.url);
mkdirSync(folder, { recursive: true });
for (const [name, render] of referencePages) {
  writeFileSync(new URL(name, folder), render());
  process.stdout.write(`${fileURLToPath(new URL(name, folder))}\n`);
}
