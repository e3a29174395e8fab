import { Failure, type FailureCode, type FailureDetails, InternalError } from "../core/failures.ts";

/** How work in a child process went wrong, as it goes over to the parent: errors lose their kind on the way. */
export type ChildError =
  | { readonly kind: "failed"; readonly code: FailureCode; readonly details: FailureDetails }
  | { readonly kind: "bug"; readonly stack: string };

export function toChildError(error: unknown): ChildError {
  if (!(error instanceof Failure)) {
    return { kind: "bug", stack: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  const { code, message, where, mend, others } = error;
  return { kind: "failed", code, details: { message, mend, others, ...(where === undefined ? {} : { where }) } };
}

export function fromChildError(told: ChildError): Failure | InternalError {
  return told.kind === "failed" ? new Failure(told.code, told.details) : new InternalError(told.stack);
}
