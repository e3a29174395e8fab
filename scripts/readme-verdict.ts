import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** Where the README shows what the demo prints. */
const SHOWN = /(?<=-- demo\n```\n[^]*?```\n)[^]*?(?=```)/;

/** What the README shows of the demo: the first verdict down to its slices, the beginning of the second. */
export function readmeVerdict(printed: string): string {
  const lines = printed.split("\n");
  const first = lines.findIndex((line) => line.includes("FAIL"));
  const slices = lines.findIndex((line, at) => at > first && line.startsWith(" baselines"));
  const second = lines.findIndex((line) => line.startsWith(" 2  "));
  const pass = lines.findIndex((line) => line.includes("PASS"));
  const shown = [...lines.slice(first - 2, slices), ...lines.slice(second, pass - 2), ...lines.slice(pass, pass + 4)];
  return `${shown.join("\n")}\n`;
}

/** What the README shows at present. */
export function shownVerdict(readme: string): string {
  return SHOWN.exec(readme)?.[0] ?? "";
}

if (import.meta.main) {
  const root = resolve(import.meta.dirname, "..");
  const folder = mkdtempSync(join(tmpdir(), "umpire-readme-"));
  try {
    const printed = execFileSync(process.execPath, [join(root, "bin/umpire.cjs"), "demo", "--chapter", "judge"], {
      cwd: folder,
    });
    const path = join(root, "README.md");
    writeFileSync(
      path,
      readFileSync(path, "utf8").replace(SHOWN, () => readmeVerdict(printed.toString())),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}
