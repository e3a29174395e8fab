import { type FeatureRecord, RequestFailure } from "../../core/serving/feature-record.ts";
import { type Parameters, type Tensor, takeRows } from "../../core/serving/tensor.ts";
import type { Answer, Rows, ServingModel } from "../ports/serving-runtime.ts";
import { badRows, missingValue } from "./bad-rows.ts";
import { VersionRefusal } from "./version-refusal.ts";
import type { ServedModel } from "./served-model.ts";
import { replaceRows, shapedLike } from "./shaped-answer.ts";
import type { VersionSlot } from "./version-slot.ts";

/** The answer of one row: scores and the version that gave them. */
export interface RowAnswer {
  readonly version: string;
  readonly scores: readonly number[];
  readonly text: string | readonly string[] | null;
  /** Why another version than the routed one answered: `timeout of 3`; null where it did not. */
  readonly fallback: string | null;
}

export interface GroupAnswer {
  readonly rows: readonly RowAnswer[];
  /** Outputs in the shape of the version that the client asked; undefined where no one wants them. */
  readonly outputs: readonly Tensor[] | undefined;
}

export interface GroupRequest {
  readonly model: ServedModel;
  readonly version: string;
  readonly count: number;
  /** As the model gets them; null where the tensors hold no columns. */
  readonly records: readonly FeatureRecord[] | null;
  /** As they came; null where records came, or where preparation changed them. */
  readonly tensors: readonly Tensor[] | null;
  /** The version whose inputs the tensors are made for, and whose outputs the client expects. */
  readonly asked: VersionSlot;
  /** Of the request; a remote model gets them as they came. */
  readonly parameters: Parameters | undefined;
  readonly allOutputs: boolean;
  /** True where routing chose the version: then the champion answers what it cannot. */
  readonly toChampion: boolean;
  readonly onFallback: (reason: string) => void;
}

/**
 * Answers rows by the version that was chosen, and where it cannot (error, time-out, NaN, open circuit, overload) by
 * the next of the fallback chain, row by row where only some fail.
 * @throws RequestFailure where the rows do not fit; VersionRefusal where no version is left
 */
export async function answerRows(request: GroupRequest): Promise<GroupAnswer> {
  const { model, count } = request;
  const answers = Array.from<RowAnswer | undefined>({ length: count });
  let outputs: readonly Tensor[] | undefined;
  let left: readonly number[] = Array.from({ length: count }, (_, row) => row);
  let reason: string | null = null;
  // Made only where it is needed: an error captures a stack, 5 µs a request.
  let refusal: VersionRefusal | null = null;
  for (const version of chainOf(request)) {
    const slot = model.slot(version);
    if (slot === undefined) continue;
    try {
      const answer = await slot.predict(rowsFor(slot.model, request, left), { allOutputs: request.allOutputs });
      const bad = badRows(answer, left.length, model.options.task);
      if (bad.length < left.length || left.length === 0) {
        outputs = request.allOutputs ? mergeOutputs(outputs, request.asked.model, answer, left, count) : undefined;
      }
      // Bad rows get the answer of the next version.
      for (const [i, row] of left.entries()) {
        answers[row] = { version, ...answerOfRow(answer, i), fallback: reason };
      }
      if (bad.length === 0) return { rows: answers as RowAnswer[], outputs };
      left = bad.map((i) => left[i]!);
      refusal = new VersionRefusal("nan", `version "${version}" answered no finite number`);
    } catch (error) {
      // Tensors and records that fit the version that was asked but not this one are no mistake of the client.
      if (error instanceof RequestFailure && slot === request.asked) throw error;
      refusal = error instanceof VersionRefusal ? error : new VersionRefusal("inputs", messageOf(error));
    }
    reason = `${refusal.reason} of ${version}`;
    request.onFallback(refusal.reason);
  }
  const missing = refusal?.reason === "nan" ? missingOf(request) : null;
  if (missing !== null) {
    throw new RequestFailure(
      `${missing}, and version "${request.version}" answers no number without it: send one, or let the model say what ` +
        "stands for a missing value (`missing` beside its features)",
    );
  }
  throw refusal ?? new VersionRefusal("error", `version "${request.version}" is not loaded`);
}

/** Trying again would change nothing: it is no fault of a version. */
function missingOf({ records, tensors, asked }: GroupRequest): string | null {
  const rows = { ...(records === null ? {} : { records }), ...(tensors === null ? {} : { tensors }) };
  return missingValue(rows, asked.model.columns);
}

/** The version that was chosen, then those that stand in for it. Before anything simpler, the champion does. */
function* chainOf({ model, version, toChampion }: GroupRequest): Generator<string, undefined> {
  yield version;
  const { champion, fallback } = model.routing;
  const others = new Set([...(toChampion ? [champion] : []), ...fallback]);
  others.delete(version);
  yield* others;
}

/** The rows in the form that a version takes. @throws RequestFailure where they cannot be brought into it */
function rowsFor(target: ServingModel, request: GroupRequest, left: readonly number[]): Rows {
  const whole = left.length === request.count;
  const own = request.parameters === undefined ? {} : { parameters: request.parameters };
  const records = whole || request.records === null ? request.records : left.map((row) => request.records![row]!);
  const same = request.tensors !== null && (target === request.asked.model || fitsInputs(target, request.tensors));
  if (same || records === null) {
    const tensors = request.tensors ?? [];
    return {
      count: left.length,
      tensors: whole ? tensors : tensors.map((tensor) => takeRows(tensor, left)),
      ...(records === null ? {} : { records }),
      ...own,
    };
  }
  return { count: left.length, records, ...own };
}

export function fitsInputs(model: ServingModel, tensors: readonly Tensor[]): boolean {
  return (
    model.kind !== "rule" &&
    model.inputs.length === tensors.length &&
    model.inputs.every((spec) => {
      const tensor = tensors.find((candidate) => candidate.name === spec.name);
      return (
        tensor !== undefined &&
        tensor.datatype === spec.datatype &&
        tensor.shape.length === spec.shape.length &&
        spec.shape.every((size, i) => i === 0 || size < 0 || size === tensor.shape[i])
      );
    })
  );
}

/** One row of an answer. */
export function answerOfRow({ scores, width, texts }: Answer, row: number): Pick<RowAnswer, "scores" | "text"> {
  return {
    scores: width === 1 ? [scores[row]!] : [...scores.subarray(row * width, (row + 1) * width)],
    text: texts?.[row] ?? null,
  };
}

function mergeOutputs(
  before: readonly Tensor[] | undefined,
  asked: ServingModel,
  answer: Answer,
  rows: readonly number[],
  count: number,
): readonly Tensor[] {
  if (before === undefined || rows.length === count) return shapedLike(asked, answer, rows.length);
  return replaceRows(before, asked, answer, rows);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
