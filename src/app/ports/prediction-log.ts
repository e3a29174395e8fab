import type { LogEvent } from "../../core/serving/prediction-event.ts";

/** How sure a logged event is when `append` resolves. */
export type LogMode =
  /** On the disk (fdatasync): survives the loss of power. */
  | "durable"
  /** In the system's hands: survives the death of the process. */
  | "written"
  /** On its way: may be lost with the process. */
  | "early";

export interface PredictionLog {
  readonly mode: LogMode;
  /**
   * Keeps events. Calls that wait at the same time share one write and one sync.
   * @throws Failure WRITE where the events could not be kept; they may be appended again, joins are idempotent by id
   */
  append(events: readonly LogEvent[]): Promise<void>;
  readonly health: LogHealth;
  /** Writes what waits, and closes. */
  close(): Promise<void>;
}

export interface LogHealth {
  /** Null where the last write went well. */
  readonly problem: string | null;
  readonly written: number;
  readonly failed: number;
  /** Events of mode `early` that were given up because the disk could not keep up. */
  readonly dropped: number;
  readonly bytes: number;
}
