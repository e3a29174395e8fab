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
import type { EvidenceHelper } from "../ports/evidence-helper.ts";

/** Two threads, whatever the machine: the work is cut the same way everywhere. */
const THREADS = 2;

/**
 * The evidence of a block by this thread and a helper. Each fills slices of its own, so that the numbers are those of
 * one thread, bit for bit.
 */
export async function accumulateTogether(
  plan: EvaluationPlan,
  block: EvaluationBlock,
  helper: EvidenceHelper,
): Promise<Evidence> {
  const coding = codeModels(plan, block, helper);
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

function codeModels(plan: EvaluationPlan, block: EvaluationBlock, helper: EvidenceHelper): Promise<CodedScores[]> {
  if (plan.facts.task !== "binary") return Promise.resolve([]);
  const label = block.label as Uint8Array;
  const coding = Promise.all(block.models.map(({ scores }) => helper.codeScores(scores, label)));
  coding.catch(() => {});
  return coding;
}
