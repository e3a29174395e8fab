import type { FeatureRecord } from "../../core/serving/feature-record.ts";
import { joinRows, takeRows, type Tensor } from "../../core/serving/tensor.ts";
import { answerRows, fitsInputs, type GroupRequest, type RowAnswer } from "./answer-rows.ts";
import { VersionRefusal } from "./version-refusal.ts";
import type { PredictRequest } from "./predict-request.ts";
import type { RowPlan } from "./row-plan.ts";
import type { ServedModel } from "./served-model.ts";
import type { VersionSlot } from "./version-slot.ts";

export interface PlanAnswers {
  /** By row; undefined where no version was asked. */
  readonly answers: readonly (RowAnswer | undefined)[];
  /** All rows in order, in the shape of the version that the client asked; undefined where they were not asked for. */
  readonly outputs: readonly Tensor[] | undefined;
}

/** The version whose inputs the client's tensors are made for: the one it names, the champion, or else any that fits. */
export function askedSlot(model: ServedModel, request: PredictRequest): VersionSlot {
  const named = request.version === null ? model.champion : model.slot(request.version);
  if (named === undefined) throw new VersionRefusal("error", `no version of "${model.name}" is loaded`);
  const { tensors } = request.rows;
  if (tensors === undefined || request.version !== null || fitsInputs(named.model, tensors)) return named;
  for (const version of model.versions) {
    const slot = model.slot(version)!;
    if (fitsInputs(slot.model, tensors)) return slot;
  }
  return named;
}

/**
 * Answers each row by the version of its plan; rows of one version go together.
 * @throws RequestFailure, VersionRefusal
 */
export async function answerPlans(
  model: ServedModel,
  request: PredictRequest,
  asked: VersionSlot,
  plans: readonly RowPlan[],
  onFallback: (reason: string) => void,
): Promise<PlanAnswers> {
  const { count } = request.rows;
  const only = plans[0]?.version ?? null;
  // Nearly always all rows go to one version.
  if (only !== null && plans.every((plan) => plan.version === only && plan.rejected.length === 0)) {
    const { rows, outputs } = await answerRows(groupRequest(model, request, asked, only, plans, onFallback));
    return { answers: rows, outputs };
  }
  const answers = Array.from<RowAnswer | undefined>({ length: count });
  const parts: Part[] = [];
  for (const [version, group] of byVersion(plans)) {
    const answered = await answerRows(groupRequest(model, request, asked, version, group, onFallback));
    for (const [i, plan] of group.entries()) answers[plan.row] = answered.rows[i];
    parts.push({ rows: group.map((plan) => plan.row), outputs: answered.outputs });
  }
  return { answers, outputs: joinOutputs(parts, count) };
}

function byVersion(plans: readonly RowPlan[]): ReadonlyMap<string, readonly RowPlan[]> {
  const groups = new Map<string, RowPlan[]>();
  for (const plan of plans) {
    if (plan.version === null || plan.rejected.length > 0) continue;
    const group = groups.get(plan.version);
    if (group === undefined) groups.set(plan.version, [plan]);
    else group.push(plan);
  }
  return groups;
}

function groupRequest(
  model: ServedModel,
  request: PredictRequest,
  asked: VersionSlot,
  version: string,
  group: readonly RowPlan[],
  onFallback: (reason: string) => void,
): GroupRequest {
  const whole = group.length === request.rows.count;
  let sameTensors = request.rows.tensors !== undefined;
  let routed = request.version === null;
  let { parameters } = request.rows;
  let records: FeatureRecord[] | null = [];
  for (const plan of group) {
    if (plan.prepared !== plan.raw || plan.optedOut) sameTensors = false;
    if (plan.sentTo !== null) routed = false;
    if (plan.optedOut) parameters = undefined;
    if (plan.prepared === null) records = null;
    else records?.push(plan.optedOut ? {} : plan.prepared);
  }
  const tensors = sameTensors ? request.rows.tensors! : null;
  return {
    model,
    version,
    count: group.length,
    records,
    tensors: tensors === null || whole ? tensors : takeEach(tensors, group),
    asked,
    parameters,
    allOutputs: request.allOutputs,
    toChampion: routed,
    onFallback,
  };
}

function takeEach(tensors: readonly Tensor[], group: readonly RowPlan[]): Tensor[] {
  const rows = group.map((plan) => plan.row);
  return tensors.map((tensor) => takeRows(tensor, rows));
}

interface Part {
  readonly rows: readonly number[];
  readonly outputs: readonly Tensor[] | undefined;
}

/** Puts the outputs of the groups together, in the order of the rows; what a group lacks is left out. */
function joinOutputs(parts: readonly Part[], count: number): readonly Tensor[] | undefined {
  const [first] = parts;
  if (first?.outputs === undefined) return undefined;
  if (parts.length === 1 && first.rows.length === count) return first.outputs;
  const back = Array.from({ length: count }, () => 0);
  for (const [at, row] of parts.flatMap((part) => part.rows).entries()) back[row] = at;
  return first.outputs.flatMap((output) => {
    const same = parts.map((part) => part.outputs?.find((candidate) => candidate.name === output.name));
    if (same.some((tensor) => tensor === undefined || tensor.datatype !== output.datatype)) return [];
    return [takeRows(joinRows(same as Tensor[]), back)];
  });
}
