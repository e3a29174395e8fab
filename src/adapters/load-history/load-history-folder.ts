import { appendFile, mkdir, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Load, LoadHistory } from "../../app/ports/load-history.ts";

/** Accepted loads as JSON lines, one file a contract: `loads/income.jsonl`. */
export function createLoadHistory(folder: string): LoadHistory {
  const pathOf = (contract: string): string =>
    join(folder, `${contract.replace(/[^A-Za-z0-9._-]+/g, "-").slice(0, 80)}.jsonl`);
  return {
    async read(contract) {
      const text = await readFile(pathOf(contract), "utf8").catch(() => "");
      return text.split("\n").flatMap((line) => {
        try {
          return line === "" ? [] : [JSON.parse(line) as Load];
        } catch {
          return [];
        }
      });
    },
    async append(contract, load) {
      await mkdir(folder, { recursive: true });
      const earlier = await this.read(contract);
      // The same file checked twice is one load.
      if (earlier.some((each) => each.fingerprint === load.fingerprint && each.file === load.file)) return;
      const handle = await open(pathOf(contract), "a+");
      try {
        const { size } = await handle.stat();
        const last = Buffer.alloc(1);
        if (size > 0) await handle.read(last, 0, 1, size - 1);
        await appendFile(handle, `${size > 0 && last[0] !== 10 ? "\n" : ""}${JSON.stringify(load)}\n`);
        await handle.sync();
      } finally {
        await handle.close();
      }
    },
  };
}
