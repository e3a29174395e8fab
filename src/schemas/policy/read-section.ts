import type { z } from "zod";
import type { YamlSource } from "../yaml-source.ts";
import { explainIssue } from "./explain-issue.ts";
import { policyFailure } from "./parse-policy.ts";
import { sectionJsonSchema } from "./policy-json-schema.ts";

/**
 * A section of `umpire.yaml` in its shape; null where the file has none.
 * @throws Failure POLICY with line and column, and the nearest key of this section
 */
export function readSection<S extends z.ZodType>(source: YamlSource, name: string, shape: S): z.output<S> | null {
  const section = (source.value as Record<string, unknown> | null)?.[name];
  if (section === undefined || section === null) return null;
  const read = shape.safeParse(section);
  if (read.success) return read.data;
  const schema = sectionJsonSchema(shape);
  const problems = read.error.issues.flatMap((issue) => explainIssue(issue, section, schema));
  throw policyFailure(
    problems.map((problem) => ({ ...problem, path: [name, ...problem.path] })),
    source,
  );
}
