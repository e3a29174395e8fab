import { appendFile, mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import type { ReleaseWriter } from "../../app/quarantine/release-rows.ts";
import { Failure } from "../../core/failures.ts";

/** Appends released rows to a file, which gets the header when it is new and must have it when it is not. */
export const releaseFile: ReleaseWriter = {
  async append(path, header, rows) {
    await mkdir(dirname(path), { recursive: true });
    const handle = await open(path, "a+");
    try {
      const { size } = await handle.stat();
      const head = Buffer.alloc(Math.min(size, (header?.length ?? 0) * 4 + 16));
      if (size > 0) await handle.read(head, 0, head.length, 0);
      if (
        size > 0 &&
        header !== null &&
        !head
          .toString("utf8")
          .replace(/^\ufeff/, "")
          .startsWith(header)
      ) {
        throw new Failure("WRITE", {
          where: path,
          message: "the file has another header than the rows",
          mend: [`its first line must be: ${header}`],
        });
      }
      const last = Buffer.alloc(1);
      if (size > 0) await handle.read(last, 0, 1, size - 1);
      const lead = size === 0 ? (header === null ? "" : `${header}\n`) : last[0] === 10 ? "" : "\n";
      await appendFile(handle, `${lead}${rows.join("\n")}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
};
