import {
  accumulateShare,
  emptyEvidence,
  evidenceShares,
  finishEvidence,
  refineBlock,
  type CodedScores,
} from "../../core/evaluation/accumulate.ts";
import type { EvaluationBlock } from "../../core/evaluation/block.ts";
import type { Evidence } from "../../core/evaluation/evidence.ts";
import { planNames, type EvaluationPlan } from "../../core/evaluation/plan.ts";
import { EXACT_RANK_ROWS } from "../../core/evaluation/rank-order.ts";
import type { Task } from "../../core/metrics/metric.ts";
import type { EvidenceHelper } from "../ports/evidence-helper.ts";

/** Two threads, whatever the machine: the work is cut the same way everywhere. */
const THREADS = 2;

/** What {@link codeModels} reads. */
type LabelledScores = Pick<EvaluationBlock, "label"> & {
  readonly models: readonly { readonly scores: Float64Array }[];
};

/**
 * The evidence of a block by this thread and a helper. Each fills slices of its own, so that the numbers are those of
 * one thread, bit for bit.
 * @param coding from {@link codeModels} on the same models, where it was started earlier
 */
export async function accumulateTogether(
  plan: EvaluationPlan,
  block: EvaluationBlock,
  helper: EvidenceHelper,
  coding = codeModels(plan.facts.task, block, helper),
): Promise<Evidence> {
  const refinement = refineBlock(plan, block);
  const evidence = emptyEvidence(plan, { binned: block.rows > EXACT_RANK_ROWS, shared: true });
  const [own, ...others] = evidenceShares(block, evidence, refinement, await coding, THREADS);
  const helped = Promise.all(others.map((share) => helper.accumulate(planNames(plan), share)));
  // A failure while this thread works is reported when it is awaited.
  helped.catch(() => {});
  if (own !== undefined) accumulateShare(plan, own);
  await helped;
  return finishEvidence(plan, block, evidence, refinement);
}

/** Lets the helper code the scores of a binary task; begun while this thread plans the slices. */
export function codeModels(
  task: Task,
  { models, label }: LabelledScores,
  helper: EvidenceHelper,
  raw: readonly boolean[] = [],
): Promise<CodedScores[]> {
  if (task !== "binary") return Promise.resolve([]);
  const coding = Promise.all(
    models.map(({ scores }, m) => helper.codeScores(scores, label as Uint8Array, raw[m] ?? false)),
  );
  coding.catch(() => {});
  return coding;
}
