import { readFile } from "node:fs/promises";
import { Failure } from "../../core/failures.ts";
import { explainIssue } from "../../schemas/policy/explain-issue.ts";
import { policyFailure } from "../../schemas/policy/parse-policy.ts";
import { parseRelease } from "../../schemas/release/parse-release.ts";
import { releaseFile } from "../../schemas/release/release-file.ts";
import { readYaml, type SourceProblem } from "../../schemas/yaml-source.ts";

/** A `release` section in a file of its own. @throws Failure FILE_MISSING, POLICY at its lines */
export async function readRelease(path: string, shown: string): Promise<Readonly<Record<string, unknown>>> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw new Failure("FILE_MISSING", {
      where: shown,
      message: "there is no release file here that can be read",
      cause,
    });
  }
  const source = readYaml(text, shown);
  const problems: SourceProblem[] = [...source.problems];
  const shape = releaseFile.safeParse(source.value ?? {});
  if (problems.length === 0) {
    for (const issue of shape.error?.issues ?? []) problems.push(...explainIssue(issue, source.value));
    if (shape.success) parseRelease(shape.data, [], (problem) => problems.push(problem));
  }
  if (problems.length > 0) throw policyFailure(problems, source);
  return (source.value ?? {}) as Readonly<Record<string, unknown>>;
}
