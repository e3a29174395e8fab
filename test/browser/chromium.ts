import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const paths = [
  process.env["UMPIRE_CHROMIUM"],
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];
const found = paths.find((path) => path !== undefined && existsSync(path));

/** Whether browser tests can run here; they say so where they cannot. */
export const hasChromium = found !== undefined;
if (!hasChromium)
  process.stderr.write("browser tests skipped: no chromium found (install it, or set UMPIRE_CHROMIUM)\n");

export function launchChromium(): Promise<Browser> {
  const quiet = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ];
  // The sandbox cannot be had as root.
  const root = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({ executablePath: found ?? "chromium", args: [...quiet, ...root], timeout: 60_000 });
}
