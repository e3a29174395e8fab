import { createFileKeeper } from "../adapters/processes/file-keeper.ts";
import { createStepRunner } from "../adapters/processes/step-runner.ts";
import type { Clock } from "../app/ports/clock.ts";
import type { FileKeeper } from "../app/retraining/reproduce.ts";
import type { StepRunner } from "../app/ports/step-runner.ts";

/** Wires processes and files of this machine into a retraining. */
export function retrainingTools(): { runner: StepRunner; files: FileKeeper; clock: Clock } {
  const clock = { now: () => Date.now(), monotonic: () => performance.now() };
  return { runner: createStepRunner(), files: createFileKeeper(), clock };
}
