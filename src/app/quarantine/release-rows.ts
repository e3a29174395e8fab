import type { QuarantineRun, QuarantineStore } from "../ports/quarantine-store.ts";
import { currentRows } from "./quarantine-state.ts";

/** Takes rows that come back; appends where the file exists already. */
export interface ReleaseWriter {
  append(path: string, header: string | null, rows: readonly string[]): Promise<void>;
}

export interface ReleaseRequest {
  readonly run: QuarantineRun;
  readonly to: string;
  /** Also rows that still fail: someone takes the responsibility, and the trail says who. */
  readonly asIs: boolean;
  readonly who: string;
  readonly now: number;
}

/** Writes mended rows (or, as they are, waiting ones) to a file and marks them released. Rows are released once. */
export async function releaseRows(
  request: ReleaseRequest,
  store: QuarantineStore,
  writer: ReleaseWriter,
): Promise<{ released: number; waiting: number }> {
  const { run } = request;
  const rows = await currentRows(store, run.run);
  const ready = rows.filter((row) => row.state === "mended" || (request.asIs && row.state === "waiting"));
  const waiting =
    rows.filter((row) => row.state === "waiting").length - ready.filter((row) => row.state === "waiting").length;
  if (ready.length === 0) return { released: 0, waiting };
  await writer.append(
    request.to,
    run.header,
    ready.map((row) => row.current),
  );
  await store.record({
    at: request.now,
    who: request.who,
    run: run.run,
    action: "release",
    rule: request.asIs ? "released as they are" : "released after mending",
    ids: ready.map((row) => row.id),
    to: request.to,
  });
  return { released: ready.length, waiting };
}
