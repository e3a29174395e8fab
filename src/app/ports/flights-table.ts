/** Makes the demo's tables from the raw flights. */
export interface FlightsTable {
  /**
   * Runs the example's script over the raw flights and writes the flights of `since` (inclusive) to `until` as Parquet.
   * The file appears whole or not at all.
   * @throws Failure FILE_MISSING where the raw flights or the script are not installed
   */
  prepare(request: FlightsRequest): Promise<void>;
  /** Cuts a prepared table in two: the past goes into files, what comes after is returned in order of departure. */
  cut(request: CutRequest): Promise<readonly LiveFlight[]>;
}

export interface FlightsRequest {
  /** Path of `prepare.sql`. */
  readonly script: string;
  /** RFC 3339 without zone: local time at the airport. */
  readonly since: string;
  readonly until: string;
  readonly destination: string;
  readonly signal?: AbortSignal;
}

export interface CutRequest {
  readonly table: string;
  /** The past ends here, the live flights begin. */
  readonly at: string;
  readonly past: string;
  /** The same share of the past as of the live flights: what a log of that time would hold. */
  readonly sample: string;
  /** Of the live flights every nth, by a hash of its number. */
  readonly every: number;
}

/** One flight as a service would ask about it, with what is known only when it has landed. */
export interface LiveFlight {
  /** Its number in the table. */
  readonly key: string;
  /** Milliseconds since 1970; local time. */
  readonly departs: number;
  readonly lands: number;
  /** 1: it arrived more than 15 minutes late. */
  readonly late: number;
  /** All that any of the models reads, and the columns of the slices. */
  readonly record: Readonly<Record<string, number | string | null>>;
}
