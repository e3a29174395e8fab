// Preloaded into every measured process: says the peak of its memory on the way out.
import { writeSync } from "node:fs";

process.on("exit", () => writeSync(2, `\nbench-memory-kibibytes ${process.resourceUsage().maxRSS}\n`));
