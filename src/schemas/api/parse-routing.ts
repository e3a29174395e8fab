import { Failure, type FailureDetails } from "../../core/failures.ts";
import type { ModelRouting } from "../../core/serving/routing-state.ts";
import type { Condition } from "../../core/slices/condition.ts";
import type { z } from "zod";
import { parseCondition } from "../policy/parse-condition.ts";
import { parseModel } from "../policy/parse-models.ts";
import type { Rule } from "../policy/policy.ts";
import type { SourceProblem } from "../yaml-source.ts";
import type { routingWishSchema } from "./routing-schemas.ts";

/** A routing with its conditions compiled. @throws Failure USAGE naming every condition that does not fit */
export function parseRouting(wish: z.infer<typeof routingWishSchema>): ModelRouting {
  const problems: SourceProblem[] = [];
  const cohorts = wish.cohorts.map(({ where, ...cohort }, i) => ({
    ...cohort,
    where: where === null ? null : parseCondition(where, ["cohorts", i, "where"], (problem) => problems.push(problem)),
  }));
  const names = wish.cohorts.map((cohort) => cohort.name);
  names.forEach((name, i) => {
    if (name !== "all" && names.indexOf(name) === i) return;
    problems.push({
      path: ["cohorts", i, "name"],
      message: `"${name}" is ${name === "all" ? "whoever no cohort names" : "there twice"}`,
    });
  });
  throwProblems(problems);
  return { ...wish, cohorts };
}

/** A condition as the policy writes it. @throws Failure USAGE */
export function conditionOf(value: unknown, place: string): Condition {
  const problems: SourceProblem[] = [];
  const condition = parseCondition(value, [place], (problem) => problems.push(problem));
  throwProblems(problems);
  if (condition === null) throw new Failure("USAGE", { where: place, message: "is no condition" });
  return condition;
}

/** A rule as the policy writes it, with its conditions compiled. @throws Failure USAGE */
export function ruleOf(value: unknown, place: string): Rule {
  const problems: SourceProblem[] = [];
  const model = parseModel({ rule: value }, [place], null, (problem) => problems.push(problem));
  throwProblems(problems);
  if (model?.kind !== "rule") throw new Failure("USAGE", { where: place, message: "is no rule" });
  return model.rule;
}

function throwProblems(problems: readonly SourceProblem[]): void {
  const [first, ...others] = problems.map(
    ({ path, message, mend }): FailureDetails => ({ where: path.join("."), message, ...(mend ? { mend } : {}) }),
  );
  if (first !== undefined) throw new Failure("USAGE", { ...first, others });
}
