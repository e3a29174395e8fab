/** Makes the demo's test table from the raw flights. */
export interface FlightsTable {
  /**
   * Runs the example's script over the raw flights and writes the flights of `since` (inclusive) to `until` as Parquet.
   * The file appears whole or not at all.
   * @throws Failure FILE_MISSING where the raw flights or the script are not installed
   */
  prepare(request: FlightsRequest): Promise<void>;
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
