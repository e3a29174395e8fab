import { Failure } from "../../core/failures.ts";
import { compareRuns, type FileDifference, type RetrainingRecord } from "../../core/retraining/run-record.ts";
import type { Retraining } from "../../schemas/retraining/parse-retraining.ts";
import { type RetrainingTools, runSteps } from "./run-steps.ts";

/** Moves files out of the way and back. */
export interface FileKeeper {
  /** Moves the files (relative to the folder) to the kept place; those that are not there are passed over. */
  setAside(folder: string, paths: readonly string[], place: string): Promise<void>;
  /** Puts them back, over what is there now. */
  putBack(folder: string, paths: readonly string[], place: string): Promise<void>;
}

export interface ReproduceTools extends RetrainingTools {
  readonly files: FileKeeper;
}

export interface Reproduction {
  readonly record: RetrainingRecord;
  readonly same: boolean;
  readonly differences: readonly FileDifference[];
  /** The code is another than then. */
  readonly codeDiffers: boolean;
}

/**
 * Runs the steps of a recorded run again and compares every output by its fingerprint. The files that are there now
 * come back afterwards, whatever happens; what the new run wrote is kept in its own folder.
 * @throws Failure DATA where an input that no step makes is not the one of then
 */
export async function reproduce(was: RetrainingRecord, folder: string, tools: ReproduceTools): Promise<Reproduction> {
  if (was.outcome !== "done") {
    throw new Failure("RECORD", {
      where: was.id,
      message: `this run failed then (${was.reason}), so there is nothing to compare with`,
    });
  }
  await refuseOtherInputs(was, folder, tools);
  const outputs = [...new Set(was.steps.flatMap((step) => step.outputs.map(({ path }) => path)))];
  const before = tools.runFile("before");
  await tools.files.setAside(folder, outputs, before);
  try {
    const id = `${was.id}-again`;
    const record = await runSteps(
      { id, model: was.model, folder, retraining: stepsOf(was), causes: ["reproduce"] },
      tools,
    );
    const differences = compareRuns(was, record).filter(({ role }) => role === "output");
    return {
      record,
      same: record.outcome === "done" && differences.length === 0,
      differences,
      codeDiffers: was.environment.commit !== record.environment.commit,
    };
  } finally {
    await tools.files.setAside(folder, outputs, tools.runFile("written"));
    await tools.files.putBack(folder, outputs, before);
  }
}

/** The steps of a record as they would stand in a policy. */
function stepsOf(was: RetrainingRecord): Retraining {
  return {
    steps: was.steps.map((step) => ({
      name: step.name,
      command: step.command,
      call: step.call ?? null,
      inputs: step.inputs.map(({ path }) => path),
      outputs: step.outputs.map(({ path }) => path),
      parameters: step.parameters,
      timeoutMilliseconds: 86_400_000,
    })),
    produces: was.artifact!.path,
    final: null,
    schedule: null,
    rules: { staleAfter: null, drift: null, performance: null, rows: null, cooldown: 0, mostPerWeek: 1 },
    inherit: { meanDifference: null, rank: null, flips: null },
  };
}

async function refuseOtherInputs(was: RetrainingRecord, folder: string, { runner }: ReproduceTools): Promise<void> {
  const made = new Set<string>();
  const changed: string[] = [];
  for (const step of was.steps) {
    for (const input of step.inputs) {
      if (made.has(input.path)) continue;
      const [now] = await runner.fingerprints(folder, [input.path]);
      if (now?.sha256 !== input.sha256)
        changed.push(now === undefined ? `${input.path} is gone` : `${input.path} is another`);
    }
    for (const output of step.outputs) made.add(output.path);
  }
  if (changed.length === 0) return;
  const mend = ["put back the files of then; their fingerprints stand in the record"];
  throw new Failure("DATA", { where: was.id, message: `inputs are not those of then: ${changed.join(", ")}`, mend });
}
