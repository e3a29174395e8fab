/** One row of a request by column name: JSON values, and bigint where a tensor held 64-bit integers. */
export type FeatureRecord = Readonly<Record<string, unknown>>;

/** A client's mistake: what a door answers with status 400, and what is never a reason to fall back. */
export class RequestFailure extends Error {
  readonly status: number;

  constructor(message: string, status = 400) {
    super(message);
    this.name = "RequestFailure";
    this.status = status;
  }
}
