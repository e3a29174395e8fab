import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Verification } from "../app/judge/verify.ts";
import { Failure, InternalError } from "../core/failures.ts";
import type { OnnxArtifact } from "../core/registry/registry-entries.ts";
import { fromChildError } from "./child-error.ts";
import type { Trial, TrialReply } from "./trial-child.ts";

/** Work on a stranger's file that is not done in this time is not done. */
const LONGEST_MILLISECONDS = 60_000;
/** Each takes a processor and the memory of its file. */
const MOST_AT_A_TIME = 2;
const underWay = new Set<Promise<unknown>>();

/**
 * Opens a model as a gateway would, and lets go of it again. Like all work here in a process of its own, because a file
 * may let us compute for ever or take all memory, and the server must go on: whoever may send one must not be able to
 * stop the brake.
 * @throws Failure MODEL where it could not be served
 */
export async function tryModel(
  artifact: OnnxArtifact,
  path: string,
  longestMilliseconds = LONGEST_MILLISECONDS,
): Promise<void> {
  const mend = ["try it: umpire gateway --model NAME=FILE.onnx"];
  const late = `the model was not opened and did not answer a row within ${longestMilliseconds / 1000} s`;
  const ended = "to open the model ended the process that did so: it takes more memory than there is, or crashes";
  await inTurn({ kind: "model", artifact, path }, longestMilliseconds, (isLate) => {
    return new Failure("MODEL", { message: isLate ? late : ended, mend });
  });
}

/** Recomputes a verdict from a file of evidence. @throws Failure RECORD where the evidence is none */
export async function tryVerdict(
  verdict: unknown,
  evidencePath: string,
  longestMilliseconds = LONGEST_MILLISECONDS,
): Promise<Verification> {
  const mend = ["umpire verify verdict.json"];
  const late = `the verdict was not recomputed from its evidence within ${longestMilliseconds / 1000} s`;
  const ended = "to recompute the verdict took more memory than there is";
  const found = await inTurn({ kind: "verdict", verdict, evidencePath }, longestMilliseconds, (isLate) => {
    return new Failure("RECORD", { message: isLate ? late : ended, mend });
  });
  if (found === null) throw new InternalError("a verdict was recomputed, and nothing was said of it");
  return found;
}

async function inTurn(
  trial: Trial,
  longestMilliseconds: number,
  failure: (isLate: boolean) => Failure,
): Promise<Verification | null> {
  while (underWay.size >= MOST_AT_A_TIME) await Promise.race(underWay);
  const running = run(trial, longestMilliseconds, failure);
  const ended = running.catch(() => undefined).finally(() => underWay.delete(ended));
  underWay.add(ended);
  return running;
}

function run(
  trial: Trial,
  longestMilliseconds: number,
  failure: (isLate: boolean) => Failure,
): Promise<Verification | null> {
  // Bundled, it lies beside the chunk as JavaScript.
  const file = import.meta.url.endsWith(".ts") ? "./trial-child.ts" : "./trial-child.js";
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), {
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  return new Promise((resolve, reject) => {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      child.kill("SIGKILL");
    }, longestMilliseconds);
    let reply: TrialReply | null = null;
    child.on("message", (said: TrialReply) => (reply = said));
    child.on("error", reject);
    child.on("exit", () => {
      clearTimeout(timer);
      if (reply === null) reject(failure(isLate));
      else if (reply.kind === "done") resolve(reply.found);
      else reject(fromChildError(reply));
    });
    child.send(trial);
  });
}
