/** How one retraining went: enough to do it again and to compare. Schema "umpire.retraining/1". */
export interface RetrainingRecord {
  readonly schema: "umpire.retraining/1";
  readonly id: string;
  readonly model: string;
  readonly causes: readonly string[];
  readonly started: string;
  readonly seconds: number;
  readonly environment: {
    readonly commit: string | null;
    readonly changed: boolean | null;
    readonly platform: string;
    readonly node: string;
  };
  readonly outcome: "done" | "failed";
  /** Why it failed; null where it did not. */
  readonly reason: string | null;
  readonly steps: readonly StepRecord[];
  /** The file that is the new version; null where the run failed before. */
  readonly artifact: FileRecord | null;
}

export interface StepRecord {
  readonly name: string;
  /** Empty where another system did it. */
  readonly command: readonly string[];
  /** The system that did it, as the policy writes it: without what ${NAME} stands for. */
  readonly call?: { readonly url: string; readonly secret: string | null };
  readonly parameters: Readonly<Record<string, string>>;
  readonly inputs: readonly FileRecord[];
  readonly outputs: readonly FileRecord[];
  readonly exitCode: number | null;
  readonly seconds: number;
  /** File name of the log in the run's folder. */
  readonly log: string;
}

export interface FileRecord {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

export interface FileDifference {
  readonly step: string;
  readonly path: string;
  readonly role: "input" | "output";
  readonly was: string | null;
  readonly is: string | null;
}

/** Files of two runs of the same steps that are not the same, in the order of the steps. */
export function compareRuns(was: RetrainingRecord, is: RetrainingRecord): FileDifference[] {
  const differences: FileDifference[] = [];
  was.steps.forEach((step, i) => {
    const again = is.steps[i];
    for (const role of ["input", "output"] as const) {
      const before = byPath(role === "input" ? step.inputs : step.outputs);
      const after = byPath((role === "input" ? again?.inputs : again?.outputs) ?? []);
      for (const path of new Set([...before.keys(), ...after.keys()])) {
        const pair = { was: before.get(path) ?? null, is: after.get(path) ?? null };
        if (pair.was !== pair.is) differences.push({ step: step.name, path, role, ...pair });
      }
    }
  });
  return differences;
}

function byPath(files: readonly FileRecord[]): Map<string, string> {
  return new Map(files.map(({ path, sha256 }) => [path, sha256]));
}
