/** Why a version did not answer. */
export type RefusalReason = "error" | "timeout" | "nan" | "circuit-open" | "overload" | "inputs";

/** A version could not answer: a reason to fall back, never the client's mistake. */
export class VersionRefusal extends Error {
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, message: string) {
    super(message);
    this.name = "VersionRefusal";
    this.reason = reason;
  }
}
