import type { Signal } from "../../core/alerts/alert.ts";
import type { JudgeTools } from "../judge/judge.ts";
import type { ArtifactStore } from "../ports/artifact-store.ts";
import type { TableReader } from "../ports/table-reader.ts";
import type { QualityLook } from "./quality-look.ts";

/** The time of an event in the exported log. */
export const LOG_TIME = "umpire_time";

/** What is kept of a model's last look. */
export interface LookEntry {
  readonly model: string;
  /** When it was, by the server's clock. */
  readonly at: number;
  /** Predictions before this time, by the time of the events, have been looked at. */
  readonly until: number | null;
  readonly rows: number;
  readonly slices: readonly { readonly slice: string; readonly outcome: string; readonly reason: string }[];
  /** Why nothing could be said; null where something was. */
  readonly problem: string | null;
  /** How the live version does; null where that is not watched. Looks of earlier versions of Umpire have none. */
  readonly quality?: QualityLook | null;
}

/** What a look at the log works with; nothing of it changes the server's state. */
export interface LookTools {
  readonly artifacts: Pick<ArtifactStore, "path">;
  readonly reader: TableReader;
  /** Path of a file of the server's own that may be overwritten. */
  readonly scratch: (name: string) => string;
  readonly judgeTools: () => Promise<JudgeTools & { close(): Promise<void> }>;
  /** Keeps what would come out the same at the next look. */
  readonly memory: Map<string, unknown>;
  readonly signal: AbortSignal;
}

/** A look before it is kept. */
export interface Look extends Omit<LookEntry, "model" | "at"> {
  readonly signals: readonly Signal[];
  readonly quiet: readonly string[];
}
