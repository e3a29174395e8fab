import { Failure, type FailureCode, type FailureDetails } from "../../core/failures.ts";

/** A failure that HTTP has a status of its own for. */
export class Refusal extends Failure {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: FailureCode,
    details: FailureDetails,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(code, details);
    this.status = status;
    this.headers = headers;
  }
}
