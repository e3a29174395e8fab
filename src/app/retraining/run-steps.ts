import type { FileRecord, RetrainingRecord, StepRecord } from "../../core/retraining/run-record.ts";
import type { Retraining, RetrainingStep } from "../../schemas/retraining/parse-retraining.ts";
import type { Clock } from "../ports/clock.ts";
import type { StepEnd, StepRunner } from "../ports/step-runner.ts";

export interface RetrainingTools {
  readonly runner: StepRunner;
  readonly clock: Clock;
  /** Absolute path of a file of this run: logs and the record. */
  readonly runFile: (name: string) => string;
  /** Says which step begins. */
  readonly tell: (text: string) => void;
  readonly signal: AbortSignal;
}

export interface RunWish {
  readonly id: string;
  readonly model: string;
  /** Folder of the policy: steps run here, paths are relative to it. */
  readonly folder: string;
  readonly retraining: Retraining;
  readonly causes: readonly string[];
}

/**
 * Runs the steps of a retraining in order and records for each its command, parameters, inputs and outputs with
 * fingerprints, log and duration. The first step that fails, or does not write what it says, ends the run. A step's
 * outcome is part of the record, never thrown.
 */
export async function runSteps(wish: RunWish, tools: RetrainingTools): Promise<RetrainingRecord> {
  const { clock, runner } = tools;
  const started = clock.now();
  const begun = clock.monotonic();
  const environment = await runner.environment(wish.folder);
  const steps: StepRecord[] = [];
  let reason: string | null = null;
  for (const [i, step] of wish.retraining.steps.entries()) {
    tools.signal.throwIfAborted();
    tools.tell(`step ${i + 1} of ${wish.retraining.steps.length}: ${step.name}`);
    const { record, problem } = await runStep(step, i, wish, tools);
    steps.push(record);
    if (problem !== null) {
      reason = `step "${step.name}": ${problem}`;
      break;
    }
  }
  const [artifact] = reason === null ? await runner.fingerprints(wish.folder, [wish.retraining.produces]) : [];
  if (reason === null && artifact === undefined) reason = `no step wrote ${wish.retraining.produces}`;
  return {
    schema: "umpire.retraining/1",
    id: wish.id,
    model: wish.model,
    causes: wish.causes,
    started: new Date(started).toISOString(),
    seconds: (clock.monotonic() - begun) / 1000,
    environment,
    outcome: reason === null ? "done" : "failed",
    reason,
    steps,
    artifact: artifact ?? null,
  };
}

async function runStep(
  step: RetrainingStep,
  i: number,
  wish: RunWish,
  tools: RetrainingTools,
): Promise<{ record: StepRecord; problem: string | null }> {
  const { folder } = wish;
  const { runner, clock } = tools;
  const log = `${i + 1}-${step.name.replace(/[^\p{L}\p{N}._-]+/gu, "-")}.log`;
  const inputs = await runner.fingerprints(folder, step.inputs);
  const record = (outputs: readonly FileRecord[], exitCode: number | null, seconds: number): StepRecord => {
    const { name, command, parameters, call } = step;
    return { name, command, ...(call === null ? {} : { call }), parameters, inputs, outputs, exitCode, seconds, log };
  };
  const missing = await firstMissing(runner, folder, step.inputs);
  if (missing !== null) return { record: record([], null, 0), problem: `its input ${missing} is not there` };
  const begun = clock.monotonic();
  const end = await doStep(step, i, inputs, tools.runFile(log), wish, tools);
  const seconds = (clock.monotonic() - begun) / 1000;
  const outputs = await runner.fingerprints(folder, step.outputs);
  const done = record(outputs, end.exitCode, seconds);
  if (end.exitCode !== 0) {
    const how = end.stopped ?? `exit code ${end.exitCode}`;
    return { record: done, problem: end.tail === "" ? how : `${how}: ${end.tail}` };
  }
  const unwritten = await firstMissing(runner, folder, step.outputs);
  return { record: done, problem: unwritten === null ? null : `it did not write ${unwritten}` };
}

function doStep(
  step: RetrainingStep,
  i: number,
  inputs: readonly FileRecord[],
  log: string,
  { id, model, folder, causes }: RunWish,
  { runner, signal }: RetrainingTools,
): Promise<StepEnd> {
  const { command, call, name, parameters, outputs, timeoutMilliseconds } = step;
  if (call === null) return runner.run({ command, folder, variables: {}, log, timeoutMilliseconds }, signal);
  const body = { schema: "umpire.step/1", run: id, model, causes, step: name, parameters, inputs, outputs };
  const key = `${id}/${i + 1}`;
  return runner.call({ ...call, name, body, key, outputs, folder, log, timeoutMilliseconds }, signal);
}

async function firstMissing(runner: StepRunner, folder: string, patterns: readonly string[]): Promise<string | null> {
  for (const pattern of patterns) if ((await runner.fingerprints(folder, [pattern])).length === 0) return pattern;
  return null;
}
