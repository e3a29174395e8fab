import { accumulate } from "../../core/evaluation/accumulate.ts";
import type { Evidence } from "../../core/evaluation/evidence.ts";
import { foldValuesOf } from "../../core/evaluation/evidence-fold-values.ts";
import { planEvaluation, type EvaluationPlan } from "../../core/evaluation/plan.ts";
import { Failure } from "../../core/failures.ts";
import type { Note } from "../../core/findings.ts";
import { buildVerdict, type BuiltVerdict, type VerdictInput } from "../../core/gates/build-verdict.ts";
import type { TaskFacts } from "../../core/metrics/metric.ts";
import { conditionDocument } from "../../core/slices/condition-document.ts";
import { planSlices, sliceColumns } from "../../core/slices/plan-slices.ts";
import type { SlicePlan } from "../../core/slices/slice-plan.ts";
import type { TimeColumn } from "../../core/tables/table.ts";
import { policyFingerprint } from "../../schemas/policy/policy-fingerprint.ts";
import type { Policy } from "../../schemas/policy/policy.ts";
import type { ModelRuntime } from "../ports/model-runtime.ts";
import type { TableBlock, TableReader, TableSource } from "../ports/table-reader.ts";
import type { Scored } from "../scoring/scored.ts";
import { evaluationBlock } from "./evaluation-block.ts";
import { judgeNotes } from "./judge-notes.ts";
import { readRequest } from "./needed-columns.ts";
import { decideBinary, decideMulticlass } from "./thresholds.ts";

/** What `umpire judge` works with. */
export interface JudgeTools {
  readonly reader: TableReader;
  readonly runtime: ModelRuntime;
  readonly product: string;
  readonly progress: (what: string, done: number, total: number | null) => void;
  readonly signal: AbortSignal;
}

export interface JudgeRequest {
  readonly policy: Policy;
  /** Makes a path of the policy absolute. */
  readonly resolvePath: (path: string) => string;
  /** `umpire.yaml:17:5` of a path in the policy. */
  readonly placeOf: (path: readonly (string | number)[]) => string;
}

export interface Judgement extends BuiltVerdict {
  readonly input: VerdictInput;
}
