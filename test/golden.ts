import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The text kept in the file at `url`, to compare `text` with. `UMPIRE_UPDATE_GOLDEN=1` writes `text` there instead: look
 * at the difference before committing it.
 */
export function golden(url: URL, text: string): string {
  const path = fileURLToPath(url);
  if (process.env["UMPIRE_UPDATE_GOLDEN"] === "1") {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return existsSync(path) ? readFileSync(path, "utf8") : "(missing: run with UMPIRE_UPDATE_GOLDEN=1)";
}
