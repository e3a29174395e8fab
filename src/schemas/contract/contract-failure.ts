import type { z } from "zod";
import { Failure } from "../../core/failures.ts";
import { nearest } from "../../core/nearest.ts";
import { shown } from "../policy/parse-condition.ts";
import type { SourceProblem, YamlSource } from "../yaml-source.ts";
import { contractKeys } from "./contract-json-schema.ts";

/** The first ten mistakes of a contract, in the order of their lines. */
export function contractFailure(problems: readonly SourceProblem[], source: YamlSource): Failure {
  const placed = problems
    .map((problem) => ({ problem, at: problem.at ?? source.place(problem.path, problem.key) }))
    .sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column);
  const [first, ...others] = placed.slice(0, 10);
  const text = ({ problem }: (typeof placed)[number]): string => {
    const path = problem.path
      .map((step, i) => (typeof step === "number" ? `[${step}]` : `${i === 0 ? "" : "."}${step}`))
      .join("");
    return path === "" ? problem.message : `${path}: ${problem.message}`;
  };
  const more = others.map(
    (entry) =>
      `${source.file}:${entry.at.line}:${entry.at.column}  ${text(entry)}${entry.problem.mend?.[0] === undefined ? "" : ` (${entry.problem.mend[0]})`}`,
  );
  const left = placed.length > 10 ? [`and ${placed.length - 10} more`] : [];
  return new Failure("CONTRACT", {
    where: `${source.file}:${first!.at.line}:${first!.at.column}`,
    message: text(first!),
    mend: [...(first!.problem.mend ?? []), ...more, ...left],
  });
}

/** What is wrong with a value, as problems that name their place and the nearest name. */
export function explain(issue: z.core.$ZodIssue, root: unknown): SourceProblem[] {
  const path = issue.path.filter((step) => typeof step !== "symbol");
  const value = path.reduce<unknown>((at, step) => (at as Record<string | number, unknown> | undefined)?.[step], root);
  if (issue.code === "unrecognized_keys") {
    const known = contractKeys(path);
    return issue.keys.map((key) => {
      const near = nearest(key, known);
      return {
        path,
        key,
        message: `there is no key "${key}"`,
        mend: [near.length > 0 ? `nearest: ${near.join(", ")}` : `keys: ${known.join(", ")}`],
      };
    });
  }
  if (issue.code === "invalid_union") {
    const inside = issue.errors.find((alternative) =>
      alternative.every((inner) => inner.path.length > 0 || inner.code === "unrecognized_keys"),
    );
    if (inside !== undefined)
      return inside.flatMap((inner) => explain({ ...inner, path: [...path, ...inner.path] }, root));
  }
  if (issue.code === "invalid_value") {
    const options = issue.values.map(String);
    const near = typeof value === "string" ? nearest(value, options) : [];
    return [
      {
        path,
        message: `is ${shown(value)}; it takes ${options.join(", ")}`,
        mend: near.length > 0 ? [`nearest: ${near[0]}`] : [],
      },
    ];
  }
  if (value === undefined)
    return [
      {
        path,
        message: "is missing",
        mend:
          path.length === 1 && path[0] === "columns"
            ? ["umpire check REFERENCE --infer writes a contract for your data"]
            : [],
      },
    ];
  return [
    {
      path,
      message: `is ${shown(value)}; ${issue.message.replace(/^Invalid input: /, "").replace(/^Too (big|small): /, "")}`,
    },
  ];
}
