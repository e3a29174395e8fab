/** Runs one step of a retraining: a command of the team's, in any language. */
export interface StepRunner {
  /**
   * Resolves when the command has ended, whatever its exit code.
   * @throws Failure STEP where the program cannot be started
   */
  run(step: StepCommand, signal: AbortSignal): Promise<StepEnd>;
  /** Lets another system do the step; what it says, and what goes wrong, is the end. */
  call(step: StepCall, signal: AbortSignal): Promise<StepEnd>;
  /** SHA-256 and size of every file that a path or glob names, sorted by path; empty where there is none. */
  fingerprints(folder: string, patterns: readonly string[]): Promise<FileFingerprint[]>;
  /** What the machine is, as far as it matters for making the same again. */
  environment(folder: string): Promise<RunEnvironment>;
}

export interface StepCommand {
  /** Program and arguments; no shell is involved. */
  readonly command: readonly string[];
  readonly folder: string;
  /** Added to the environment of the process. */
  readonly variables: Readonly<Record<string, string>>;
  /** Where standard output and error go. */
  readonly log: string;
  readonly timeoutMilliseconds: number;
}

export interface StepCall {
  /** The step's, for messages. */
  readonly name: string;
  /** With ${NAME} as the policy writes it, also in the secret. */
  readonly url: string;
  readonly secret: string | null;
  /** What it is told. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The same for the same step of the same run: asking twice does it once. */
  readonly key: string;
  /** Files that it may give. */
  readonly outputs: readonly string[];
  readonly folder: string;
  readonly log: string;
  readonly timeoutMilliseconds: number;
}

export interface StepEnd {
  readonly exitCode: number | null;
  /** Why there is no exit code: a signal, the time limit. */
  readonly stopped: string | null;
  /** Last lines of the log. */
  readonly tail: string;
}

export interface FileFingerprint {
  /** Relative to the folder of the policy. */
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

export interface RunEnvironment {
  /** Commit of the repository around the folder; null outside one. */
  readonly commit: string | null;
  /** Files differ from the commit. */
  readonly changed: boolean | null;
  readonly platform: string;
  readonly node: string;
}
