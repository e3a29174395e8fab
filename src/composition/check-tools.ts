import type { CheckReader } from "../app/ports/check-reader.ts";
import type { LoadHistory } from "../app/ports/load-history.ts";
import type { QuarantineStore } from "../app/ports/quarantine-store.ts";
import type { AcceptedWriter } from "../app/check/quarantine-sink.ts";
import type { ReleaseWriter } from "../app/quarantine/release-rows.ts";

/** Reads files of any supported format for checking. */
export async function openCheckReader(): Promise<CheckReader> {
  const [{ createCheckReader }, { expandInputs }] = await Promise.all([
    import("../adapters/check-files/check-file-reader.ts"),
    import("../adapters/duckdb/source-files.ts"),
  ]);
  return createCheckReader(expandInputs);
}

export async function openQuarantine(folder: string, base: string): Promise<QuarantineStore> {
  const { createQuarantineFolder } = await import("../adapters/quarantine/quarantine-folder.ts");
  return createQuarantineFolder(folder, base);
}

export async function openLoadHistory(folder: string): Promise<LoadHistory> {
  const { createLoadHistory } = await import("../adapters/load-history/load-history-folder.ts");
  return createLoadHistory(folder);
}

/** Parquet goes to Parquet with its types; everything else as it stood in its file. */
export async function openAccepted(path: string, folder: string): Promise<AcceptedWriter> {
  if (/\.(parquet|pq)$/i.test(path)) {
    const { AcceptedParquet } = await import("../adapters/check-files/accepted-parquet.ts");
    return new AcceptedParquet(path, folder);
  }
  const { AcceptedFile } = await import("../adapters/quarantine/accepted-file.ts");
  return new AcceptedFile(path);
}

export async function openReleaseWriter(): Promise<ReleaseWriter> {
  return (await import("../adapters/quarantine/release-file.ts")).releaseFile;
}
