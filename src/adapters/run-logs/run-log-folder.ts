import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { RunLog, RunLogs } from "../../app/ports/run-logs.ts";

/** Logs as retrainings leave them below a folder: `RUN/1-fit.log`, `RUN-final/1-fit.log`. */
export function runLogFolder(folder: string): RunLogs {
  return {
    tails: async (run, bytes) => {
      if (!/^[\w.-]+$/.test(run) || /^\.+$/.test(run)) return [];
      const own = await logsOf(join(folder, run), "", bytes);
      return [...own, ...(await logsOf(join(folder, `${run}-final`), "final ", bytes))];
    },
  };
}

async function logsOf(folder: string, prefix: string, bytes: number): Promise<RunLog[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isFile() && entry.name.endsWith(".log")).map(({ name }) => name);
  const inOrder = names.toSorted((a, b) => a.localeCompare(b, "en", { numeric: true }));
  return Promise.all(
    inOrder.map(async (name) => ({
      step: `${prefix}${name.slice(0, -".log".length)}`,
      ...(await tailOf(join(folder, name), bytes)),
    })),
  );
}

async function tailOf(path: string, most: number): Promise<Omit<RunLog, "step">> {
  const file = await open(path, "r");
  try {
    const { size: bytes } = await file.stat();
    const length = Math.min(bytes, most);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, bytes - length);
    const text = new TextDecoder().decode(buffer.subarray(0, bytesRead));
    const cut = bytes > length;
    // From the beginning of a line on, unless it is one long line.
    const line = cut ? text.indexOf("\n") + 1 : 0;
    return { bytes, text: line < text.length ? text.slice(line) : text, cut };
  } finally {
    await file.close();
  }
}
