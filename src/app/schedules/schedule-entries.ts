/** What is done by itself, and when. */
export interface ScheduleEntry {
  readonly name: string;
  readonly cron: string;
  /** As `Europe/Berlin`. */
  readonly timeZone: string;
  /** Name of a job that the server knows, and what it is to work on. */
  readonly job: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly enabled: boolean;
  readonly by: string;
}

/** How a schedule stands; written before a run and after it. */
export interface ScheduleProgress {
  /** Everything due up to this time was done, or is being done: milliseconds since 1970. */
  readonly settled: number;
  readonly run: ScheduleRun | null;
}

export interface ScheduleRun {
  readonly started: number;
  readonly finished: number | null;
  /** `interrupted`: the server ended while it ran. */
  readonly outcome: "running" | "done" | "failed" | "interrupted";
  readonly message: string;
  /** Due times that this one run stands for; more than 1 after a downtime. */
  readonly dueTimes: number;
}
