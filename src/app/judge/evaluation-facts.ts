import type { TaskFacts } from "../../core/metrics/metric.ts";
import type { Policy } from "../../schemas/policy/policy.ts";
import type { Scored } from "../scoring/scored.ts";

/** What metrics must know of the task besides the rows. */
export function evaluationFacts(policy: Policy, scored: Scored): TaskFacts {
  return {
    task: policy.task,
    classes: scored.classes,
    costs: policy.costs,
    ...(scored.naiveError === undefined ? {} : { naiveError: scored.naiveError }),
  };
}
