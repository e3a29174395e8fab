import { createHash } from "node:crypto";
import type { EventArchive } from "../ports/event-archive.ts";
import type { QuarantineStore } from "../ports/quarantine-store.ts";

export interface CollectRequest {
  /** Null: the only model in the log. */
  readonly model: string | null;
  readonly now: number;
}

export interface CollectResult {
  readonly model: string;
  readonly rows: number;
  /** Null where nothing was refused since the last time. */
  readonly run: string | null;
}

/** A gateway writes an event a moment after its time: what is younger waits for the next collection. */
const settledMilliseconds = 2000;

/**
 * Brings the records that a gateway refused into the quarantine, as a run like that of a file: listed, shown, mended and
 * released by the same commands. Each record comes once, however often this is called.
 */
export async function collectRefused(
  { model, now }: CollectRequest,
  archive: EventArchive,
  store: QuarantineStore,
): Promise<CollectResult> {
  const refused = await archive.refused(model, now - settledMilliseconds);
  const file = `live-${encodeURIComponent(refused.model)}.jsonl`;
  const { complete } = await store.runs();
  const since = complete
    .filter((run) => run.file === file)
    .reduce((latest, run) => Math.max(latest, run.at), Number.NEGATIVE_INFINITY);
  const fresh = refused.records.filter(({ at }) => at > since);
  if (fresh.length === 0) return { model: refused.model, rows: 0, run: null };
  const writer = await store.begin(file);
  const content = createHash("sha256");
  try {
    for (const [i, { raw, reasons }] of fresh.entries()) {
      await writer.add(i + 1, raw, reasons);
      content.update(`${raw}\n`);
    }
    const run = await writer.finish({
      file,
      fingerprint: content.digest("hex"),
      at: fresh.at(-1)!.at,
      contract: null,
      header: null,
      delimiter: null,
      format: "json-lines",
      read: fresh.length,
      refused: false,
      because: [],
    });
    return { model: refused.model, rows: fresh.length, run };
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}
