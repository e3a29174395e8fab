/**
 * A *failure* is a job that could not be done (unreadable file, wrong policy); a *finding* is data about the world
 * and is never thrown; a *bug* is an impossible branch. Only failures and bugs are exceptions.
 */
export interface FailureDetails {
  /** What happened, where, and why it matters if that is not plain. One sentence, no trailing period needed. */
  readonly message: string;
  /** `umpire.yaml:17:5`, `data/test.csv:201`, … printed before the message. */
  readonly where?: string;
  /** What to do next: nearest names, the command to run, the line to paste. One entry a line. */
  readonly mend?: readonly string[];
  /** More of the same: a file is read to its end, and all that is wrong with it is told at once. */
  readonly others?: readonly FailureDetails[];
  readonly cause?: unknown;
}

/** A typed error that a user can act on. `code` is one of the registry in `failure-codes.ts`. */
export class Failure extends Error {
  readonly code: FailureCode;
  readonly where: string | undefined;
  readonly mend: readonly string[];
  readonly others: readonly FailureDetails[];

  constructor(code: FailureCode, details: FailureDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "Failure";
    this.code = code;
    this.where = details.where;
    this.mend = details.mend ?? [];
    this.others = details.others ?? [];
  }
}

/** An impossible branch was reached: a bug of ours, exit code 70. */
export class InternalError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "InternalError";
  }
}

/** Every code of a {@link Failure} with the sentence that the reference prints for it. */
export const failureCodes = {
  USAGE: "The command line, or the request, does not fit what it is for.",
  POLICY: "The policy file has an error at the place named.",
  CONTRACT: "The contract file has an error at the place named.",
  FILE_MISSING: "A path does not exist.",
  FILE_UNREADABLE: "A file exists but cannot be read as what it should be.",
  FILE_EMPTY: "A file or a table has no rows.",
  COLUMN_MISSING: "A column that is needed is not in the data.",
  COLUMN_TYPE: "A column has another type than is needed.",
  DATA: "The data cannot be judged as they are.",
  MODEL: "A model cannot be loaded or does not fit the data.",
  NOT_SUPPORTED: "What is asked for does not exist in this version.",
  WRITE: "A result could not be written.",
  RECORD: "A saved record (verdict, evidence, profile) is damaged or of another version.",
  STEP: "A step of a retraining cannot be started.",
  CHANNEL: "A notice could not be delivered; it is kept and tried again.",
  INTERRUPTED: "The user interrupted the work.",
  NOT_FOUND: "There is no model, version, data set, key … of this name on the server.",
  CONFLICT:
    "The state is another than the change supposes: changed meanwhile, already there, live or still referenced.",
  KEY: "A key is needed, or the key is not known or no longer valid.",
  ROLE: "The key's role may not do this.",
  TOO_LARGE: "A request, a file or a list is larger than its limit.",
  STATE: "The server's state folder is in use, damaged, or of another version of Umpire.",
  SERVER: "The server cannot be reached or did not answer as Umpire does.",
} as const;

export type FailureCode = keyof typeof failureCodes;
