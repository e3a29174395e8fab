import type { FeatureRecord } from "../../core/serving/feature-record.ts";
import type { LogEvent, PredictionEvent } from "../../core/serving/prediction-event.ts";
import type { RowAnswer } from "./answer-rows.ts";
import type { ServedTask } from "./bad-rows.ts";
import type { PredictRequest, RowReply } from "./predict-request.ts";
import type { RowPlan } from "./row-plan.ts";
import { listOrder } from "./row-reply.ts";
import type { ServedModel } from "./served-model.ts";

/** One request that was answered. */
export interface AnsweredRequest {
  readonly model: ServedModel;
  readonly request: PredictRequest;
  readonly id: string;
  readonly plans: readonly RowPlan[];
  readonly answers: readonly (RowAnswer | undefined)[];
  readonly replies: readonly RowReply[];
  readonly at: number;
  readonly milliseconds: number;
}

/** What the log keeps of a request: one event a row. */
export function predictionEvents(answered: AnsweredRequest): LogEvent[] {
  const { model, request, id, plans, answers, replies, at, milliseconds } = answered;
  const positions = request.list ? new Map(listOrder(replies).map((reply, i) => [reply.row, i])) : null;
  const isTest = request.test === true;
  // What a test asks wrongly is no one's mistake that could be mended.
  const told = isTest ? plans.filter((plan) => plan.rejected.length === 0) : plans;
  return told.map((plan): LogEvent => {
    const reply = replies[plan.row]!;
    if (plan.rejected.length > 0) {
      const problems = plan.rejected.map((problem) => problem.message);
      const marks = plan.rejected.map((problem) => `${problem.check}:${problem.column}`);
      return {
        kind: "quarantine",
        at,
        model: model.name,
        request: id,
        record: plan.raw,
        problems,
        marks,
        action: "reject",
      };
    }
    const answer = answers[plan.row];
    const known = !plan.optedOut;
    return {
      kind: isTest ? "test" : "prediction",
      id: reply.id,
      key: known ? plan.key : null,
      request: id,
      at,
      time: known ? plan.time : null,
      model: model.name,
      version: answer?.version ?? "",
      routed: plan.decision.version,
      cohort: plan.decision.cohort,
      arm: plan.decision.arm,
      propensity: plan.decision.propensity,
      unit: known ? plan.unit : null,
      group: known ? (plan.group ?? (request.list ? id : null)) : null,
      item: known ? plan.item : null,
      raw: known ? (plan.raw ?? tensorFeatures(request)) : null,
      prepared: known && plan.prepared !== plan.raw ? plan.prepared : null,
      context: known ? request.context : null,
      ...loggedAnswer(model.options.task, answer?.scores ?? [], reply),
      score: reply.overrides.length > 0 ? (answer?.scores[0] ?? null) : null,
      position: positions?.get(reply.row) ?? null,
      milliseconds,
      fallback: reply.fallback,
      marks: plan.marks.map((problem) => `${problem.check}:${problem.column}`),
      overrides: reply.overrides,
      door: request.door,
    };
  });
}

/** An answer in the form in which the log keeps it, of the version that answered and of a shadow alike. */
export function loggedAnswer(
  task: ServedTask,
  scores: readonly number[],
  { prediction, classes }: Pick<RowReply, "prediction" | "classes">,
): Pick<PredictionEvent, "prediction" | "classes"> {
  if (task !== "regression" && task !== "ranking") return { prediction: loggedText(prediction), classes };
  // A number of several parts is no choice between classes.
  return { prediction: scores.length > 1 ? scores : loggedText(prediction), classes: null };
}

/** Several texts a row are kept as one, as JSON. */
function loggedText(prediction: RowReply["prediction"]): number | string | readonly number[] | null {
  if (typeof prediction !== "object" || prediction === null) return prediction;
  return typeof prediction[0] === "string" ? JSON.stringify(prediction) : (prediction as readonly number[]);
}

/** Tensors that hold no columns (an image) are kept by shape: their content would fill the log. */
function tensorFeatures(request: PredictRequest): FeatureRecord {
  return Object.fromEntries(
    (request.rows.tensors ?? []).map((tensor) => [tensor.name, { datatype: tensor.datatype, shape: tensor.shape }]),
  );
}
