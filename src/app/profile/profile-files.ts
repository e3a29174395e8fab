import type { PeriodName } from "../../core/drift/periods.ts";
import { Failure } from "../../core/failures.ts";
import type { ProfileDocument } from "../../core/profile/profile-document.ts";
import { frameDocument, periodDocument } from "../../core/profile/profile-document.ts";
import { summariseProfile } from "../../core/profile/profile-summary.ts";
import { chosenColumns, requestsOf, timeColumn } from "../drift/match-columns.ts";
import type { TableReader } from "../ports/table-reader.ts";
import { collectProfile } from "./collect-profile.ts";
import { readSavedProfile } from "./profile-file.ts";

export interface ProfileRequest {
  readonly data: readonly string[];
  /** Saved profile whose frame is used, so that both can be compared and merged. */
  readonly like: string | null;
  /** Length of the periods that are kept apart; null keeps one for everything. */
  readonly by: PeriodName | null;
  readonly time: string | null;
  readonly columns: readonly string[];
  readonly exclude: readonly string[];
  readonly text: readonly string[];
  /** Compute the SHA-256 of the files too. */
  readonly fingerprint: boolean;
}

export interface ProfileTools {
  readonly reader: TableReader;
  readonly progress: (rowsDone: number, rowsTotal: number | null) => void;
  readonly signal: AbortSignal;
}

/** Profiles files in one pass; the answer is the document that is saved. */
export async function profileFiles(request: ProfileRequest, tools: ProfileTools): Promise<ProfileDocument> {
  const like = request.like === null ? null : await readSavedProfile(request.like);
  if (request.like !== null && like === null) {
    throw new Failure("RECORD", {
      where: request.like,
      message: "this is not a saved profile",
      mend: ["make one: umpire profile DATA, then use .umpire/profile/profile.json"],
    });
  }
  const source = await tools.reader.open(request.data);
  const where = request.data[0] ?? "";
  const chosen = chosenColumns(source.columns, request, where).filter((column) => column.kind !== "other");
  const present = new Set(chosen.map((column) => column.name));
  const time = request.by === null ? null : timeColumn(source.columns, request.time, where);
  if (request.by !== null && time === null) {
    throw new Failure("USAGE", {
      where,
      message: `--by ${request.by} needs a time column, and which one is not clear`,
      mend: ["name it: --time COLUMN"],
    });
  }
  const columns =
    like === null ? chosen.map(({ name }) => ({ name, as: "auto" as const })) : requestsOf(like.frame, present);
  const [collected, fingerprint] = await Promise.all([
    collectProfile(source, {
      columns:
        time === null || columns.some(({ name }) => name === time) ? columns : [...columns, { name: time, as: "time" }],
      frame: like?.frame ?? null,
      frameOptions: { text: request.text },
      time,
      by: request.by,
      runRows: null,
      sampleRows: 20_000,
      onProgress: tools.progress,
      signal: tools.signal,
    }),
    request.fingerprint ? source.fingerprint() : null,
  ]);
  const iso = (value: number | null): string | null => (value === null ? null : new Date(value).toISOString());
  const periods =
    request.by === null
      ? [periodDocument(collected.whole, null, null)]
      : collected.periods.map((window) => periodDocument(window.profile, iso(window.from), iso(window.to)));
  return {
    schema: "umpire.profile/1",
    source: { files: source.files, rows: collected.whole.rows, fingerprint },
    time: time === null || request.by === null ? null : { column: time, by: request.by },
    columns: summariseProfile(collected.whole),
    frame: frameDocument(collected.frame),
    periods,
  };
}
