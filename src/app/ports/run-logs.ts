/** What the steps of a retraining wrote while they ran. */
export interface RunLog {
  /** Of the step: `1-fit`; of the run on everything `final 1-fit`. */
  readonly step: string;
  /** Of the whole log. */
  readonly bytes: number;
  /** Its end, from the beginning of a line on where it is not all. */
  readonly text: string;
  readonly cut: boolean;
}

export interface RunLogs {
  /** The ends of a run's logs, each of at most so many bytes, in the order of the steps; none where nothing ran yet. */
  tails(run: string, bytes: number): Promise<readonly RunLog[]>;
}
