import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Failure, InternalError } from "../core/failures.ts";
import type { OnnxArtifact } from "../core/registry/registry-entries.ts";
import type { TrialOf, TrialReply } from "./try-model-child.ts";

/** A model that does not open and answer a few rows in this time could not be served. */
const LONGEST_MILLISECONDS = 60_000;
/** Each takes a processor and the memory of its model. */
const MOST_AT_A_TIME = 2;
const underWay = new Set<Promise<void>>();

/**
 * Opens a model as a gateway would, and lets go of it again; in a process of its own, because a model may compute for ever
 * or take all memory, and the server must go on: whoever may register one must not be able to stop the brake.
 * @throws Failure MODEL where it could not be served
 */
export async function tryModel(
  artifact: OnnxArtifact,
  path: string,
  longestMilliseconds = LONGEST_MILLISECONDS,
): Promise<void> {
  while (underWay.size >= MOST_AT_A_TIME) await Promise.race(underWay);
  const trial = runTrial({ artifact, path }, longestMilliseconds);
  const ended = trial.catch(() => undefined).finally(() => underWay.delete(ended));
  underWay.add(ended);
  return trial;
}

function runTrial(trial: TrialOf, longestMilliseconds: number): Promise<void> {
  // Bundled, it lies beside the chunk as JavaScript.
  const file = import.meta.url.endsWith(".ts") ? "./try-model-child.ts" : "./try-model-child.js";
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), {
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  return new Promise((resolve, reject) => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill("SIGKILL");
    }, longestMilliseconds);
    let reply: TrialReply | null = null;
    child.on("message", (said: TrialReply) => (reply = said));
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      clearTimeout(timer);
      const error = problemOf(reply, late ? longestMilliseconds : null, signal ?? code);
      if (error === null) resolve();
      else reject(error);
    });
    child.send(trial);
  });
}

function problemOf(reply: TrialReply | null, late: number | null, end: string | number | null): Error | null {
  if (late !== null) {
    return new Failure("MODEL", {
      message: `the model was not opened and did not answer a row within ${late / 1000} s`,
      mend: ["try it: umpire gateway --model NAME=FILE.onnx"],
    });
  }
  if (reply === null) {
    return new Failure("MODEL", {
      message: `to open the model ended the process that did so (${end}): it takes more memory than there is, or the runtime fails on it`,
      mend: ["try it: umpire gateway --model NAME=FILE.onnx"],
    });
  }
  if (reply.kind === "failed") return new Failure(reply.code, reply.details);
  return reply.kind === "bug" ? new InternalError(reply.stack) : null;
}
