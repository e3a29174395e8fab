import type { OverrideBook, OverrideEffect } from "../../core/serving/overrides.ts";
import { isTexts, type Tensor } from "../../core/serving/tensor.ts";
import type { ServingModel } from "../ports/serving-runtime.ts";
import type { RowAnswer } from "./answer-rows.ts";
import type { RowReply } from "./predict-request.ts";
import type { RowPlan } from "./row-plan.ts";
import type { ServedModel } from "./served-model.ts";
import type { VersionSlot } from "./version-slot.ts";

const none: readonly OverrideEffect[] = [];

/** What one row is told: the answer of its version, after overrides. @param id of this prediction */
export function rowReply(
  model: ServedModel,
  plan: RowPlan,
  answer: RowAnswer | undefined,
  id: string,
  book: OverrideBook,
  now: number,
): RowReply {
  const given = answer === undefined ? noAnswer : answerInWords(model.slot(answer.version)?.model, answer);
  let overrides = none;
  let { prediction } = given;
  const block = book.block(model.name, plan.item, now);
  if (block !== null) {
    overrides = [block];
    prediction = null;
  } else if (typeof prediction === "number") {
    const boost = book.boost(model.name, plan.item, prediction, now);
    if (boost !== null) {
      prediction = boost.score;
      overrides = [boost.effect];
    }
  }
  return {
    id,
    row: plan.row,
    prediction,
    classes: given.classes,
    version: answer?.version ?? null,
    cohort: plan.decision.cohort,
    arm: plan.decision.arm,
    fallback: answer?.fallback ?? plan.sentTo,
    marks: plan.marks,
    rejected: plan.rejected,
    overrides,
    item: plan.item,
  };
}

type InWords = Pick<RowReply, "prediction" | "classes">;

const noAnswer: InWords = { prediction: null, classes: null };

/** What a version says of a row: a text, the best of several classes with their probabilities, a number, or several. */
export function answerInWords(
  served: ServingModel | undefined,
  { text, scores }: Pick<RowAnswer, "text" | "scores">,
): InWords {
  const names = classNames(served, scores);
  if (names === null) {
    return { prediction: text ?? (scores.length > 1 ? scores : (scores[0] ?? null)), classes: null };
  }
  return {
    prediction: names[best(scores)]!,
    classes: Object.fromEntries(names.map((name, i) => [name, scores[i]!])),
  };
}

/** Names of the classes whose probabilities a row of scores holds; null where it is one score, or several of their own. */
function classNames(served: ServingModel | undefined, scores: readonly number[]): readonly string[] | null {
  if (scores.length === 1 || served?.score.isVector === true) return null;
  const classes = served?.classes;
  return classes?.length === scores.length ? classes : scores.map((_, i) => String(i));
}

/** Place of the highest score. */
function best(scores: readonly number[]): number {
  let at = 0;
  for (let i = 1; i < scores.length; i++) if (scores[i]! > scores[at]!) at = i;
  return at;
}

/** The order in which a list is shown, from 0: best first, blocked and refused ones left out. */
export function listOrder(rows: readonly RowReply[]): RowReply[] {
  return rows
    .filter((row) => row.prediction !== null && row.rejected.length === 0)
    .sort((a, b) => Number(b.prediction) - Number(a.prediction) || a.row - b.row);
}

/** Puts overridden scores into the outputs: a boost as it is, a block below every other row. */
export function overriddenOutputs(
  outputs: readonly Tensor[] | undefined,
  asked: VersionSlot,
  rows: readonly RowReply[],
): readonly Tensor[] | undefined {
  if (outputs === undefined || rows.every((row) => row.overrides.length === 0)) return outputs;
  const { output, column } = asked.model.score;
  return outputs.map((tensor) => {
    if (tensor.name !== output || column === null || isTexts(tensor.data)) return tensor;
    const data = tensor.data.slice() as Float64Array;
    const width = data.length / rows.length;
    const lowest = data.reduce((low, value) => Math.min(low, Number(value)), 0) - 1;
    for (const row of rows) {
      if (row.overrides.length === 0) continue;
      data[row.row * width + Math.min(column, width - 1)] =
        typeof row.prediction === "number" ? row.prediction : lowest;
    }
    return { ...tensor, data };
  });
}
