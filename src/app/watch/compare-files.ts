import { Failure } from "../../core/failures.ts";
import type { Artifact } from "../../core/registry/registry-entries.ts";
import type { PolicyOnDisk } from "../judge/read-policy.ts";
import type { JudgeTools } from "../judge/judge.ts";
import { referenceAnswers } from "./reference-answers.ts";

export interface AnswerGap {
  readonly rows: number;
  /** Largest absolute difference of two answers to one row. */
  readonly largest: number;
}

/**
 * Lets two files stand for one version, and compares their answers to the rows that it was judged on.
 * @throws Failure NOT_SUPPORTED where the version is no file that can be scored here
 */
export async function compareFiles(
  onDisk: PolicyOnDisk,
  artifact: Artifact,
  files: readonly [string, string],
  tools: Pick<JudgeTools, "reader" | "runtime" | "signal">,
): Promise<AnswerGap> {
  if (artifact.kind !== "onnx") {
    throw new Failure("NOT_SUPPORTED", { message: `a version of the form "${artifact.kind}" cannot be scored here` });
  }
  const answers: Float64Array[] = [];
  for (const file of files) {
    const version = { version: file, artifact };
    const found = await referenceAnswers({ onDisk }, version, [], [], { ...tools, artifacts: { path: () => file } });
    if (typeof found === "string") throw new Failure("NOT_SUPPORTED", { message: found });
    answers.push(found.rows.score);
  }
  const [was, is] = answers as [Float64Array, Float64Array];
  let largest = 0;
  for (let i = 0; i < was.length; i++) largest = Math.max(largest, Math.abs(was[i]! - is[i]!));
  return { rows: was.length, largest };
}
