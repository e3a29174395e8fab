import { createFileKeeper } from "../adapters/processes/file-keeper.ts";
import { createStepRunner } from "../adapters/processes/step-runner.ts";
import type { Clock } from "../app/ports/clock.ts";
import type { FileKeeper } from "../app/retraining/reproduce.ts";
import type { StepRunner } from "../app/ports/step-runner.ts";

/**
 * Wires processes, other systems and files of this machine into a retraining.
 * @param artifact path of a file that a server keeps, by digest; null where there is no server
 */
export function retrainingTools(artifact: ((digest: string) => string) | null = null): {
  runner: StepRunner;
  files: FileKeeper;
  clock: Clock;
} {
  const clock = { now: () => Date.now(), monotonic: () => performance.now() };
  const call: StepRunner["call"] = async (step, signal) => {
    const { createStepCaller } = await import("../adapters/remote/step-caller.ts");
    return createStepCaller({ environment: process.env, artifact, now: clock.now })(step, signal);
  };
  return { runner: { ...createStepRunner(), call }, files: createFileKeeper(), clock };
}
