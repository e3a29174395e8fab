import type { Notice } from "../../core/alerts/alert.ts";

/** Takes one notice to people or to another system. */
export interface AlertChannel {
  /**
   * Resolves once the other side has it.
   * @param id the same for every attempt at the same notice, so that the other side can drop repeats
   * @throws Failure CHANNEL where it could not be delivered; it is tried again later
   */
  send(id: string, notice: Notice, signal: AbortSignal): Promise<void>;
}
