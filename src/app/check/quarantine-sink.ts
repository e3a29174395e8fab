import type { CheckBlock } from "../../core/data-quality/check-block.ts";
import type { Contract } from "../../core/data-quality/contract.ts";
import type { CheckedFile } from "../ports/check-reader.ts";
import type { QuarantineStore } from "../ports/quarantine-store.ts";
import type { FileCheckResult, RowSink } from "./check-file.ts";

/** Takes the rows that go on. Nothing is visible before all files are decided. */
export interface AcceptedWriter {
  begin(file: CheckedFile): Promise<void>;
  add(block: CheckBlock, isGood: (row: number) => boolean): Promise<void>;
  /** Keeps the rows of the file at hand. */
  commit(): Promise<void>;
  /** Forgets the rows of the file at hand. */
  discard(): Promise<void>;
  /** @param keep false throws everything away; true makes the output appear */
  close(keep: boolean): Promise<void>;
}

export interface FileSink extends RowSink {
  /** @returns the name of the quarantine run, if there is anything in it */
  finish(result: FileCheckResult, fingerprint: string, now: number): Promise<string | null>;
  abandon(): Promise<void>;
}

/** Parts the rows of one file: bad ones into a run of the quarantine, good ones on to the accepted output. */
export async function quarantineSink(
  file: CheckedFile,
  contract: Contract | null,
  tools: { readonly quarantine: QuarantineStore | null; readonly accepted: AcceptedWriter | null },
): Promise<FileSink | null> {
  const { quarantine, accepted } = tools;
  if (quarantine === null && accepted === null) return null;
  const writer = quarantine === null ? null : await quarantine.begin(file.path);
  await accepted?.begin(file);
  return {
    async bad(line, raw, reasons) {
      await writer?.add(line, raw, reasons);
    },
    async good(block: CheckBlock, isGood) {
      await accepted?.add(block, isGood);
    },
    async finish(result, fingerprint, now) {
      if (result.refused) await accepted?.discard();
      else await accepted?.commit();
      if (writer === null) return null;
      if (result.badRows === 0 && !result.refused) {
        await writer.abandon();
        return null;
      }
      return writer.finish({
        file: file.path,
        fingerprint,
        at: now,
        contract: contract === null ? null : { name: contract.name, version: contract.version },
        header: file.header,
        delimiter: file.source?.delimiter ?? null,
        format: file.source?.format ?? null,
        read: result.rows.read,
        refused: result.refused,
        because: result.findings
          .filter((entry) => entry.severity === "error")
          .map(({ check, column, message }) => ({ check, column, message })),
      });
    },
    async abandon() {
      await accepted?.discard();
      await writer?.abandon();
    },
  };
}
