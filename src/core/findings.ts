/** A finding is data about the world: reported, counted, exported; never thrown. */
export type Severity = "info" | "warning" | "error";

/** The four answers of a gate, in the words of the verdict document. */
export type Outcome = "pass" | "fail" | "not-enough-data" | "not-evaluated";

/** Something that a reader of a verdict should know although it decides nothing. */
export interface Note {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  /** Lines to paste or commands to run. */
  readonly mend?: readonly string[];
}
