import type { InferenceSession } from "onnxruntime-node";
import type { ModelSpec } from "../../app/ports/model-runtime.ts";
import { Failure, InternalError } from "../../core/failures.ts";
import { nearest } from "../../core/nearest.ts";
import type { AnswerKind } from "./answer-kind.ts";
import { halfValues } from "./half-tensor.ts";
import { refuse } from "./input-plan.ts";
import type { ModelGraph } from "./model-graph.ts";

const scoreTypes = new Set(["float16", "float32", "float64"]);

/**
 * The name of the output that holds the scores: the one asked for (the tensor inside it where it is a ZipMap), else
 * the only output of decimal numbers, else the one that is named like scores.
 * @throws Failure MODEL where there is none or several, with their names
 */
export function chooseOutput(
  outputs: readonly InferenceSession.ValueMetadata[],
  spec: ModelSpec,
  graph: ModelGraph,
): string {
  const asked = graph.zipMaps.find((zipMap) => zipMap.output === spec.output)?.tensor ?? spec.output;
  if (asked !== undefined) {
    const found = outputs.find((output) => output.name === asked);
    if (found !== undefined) return checkScores(found, spec);
    const names = outputs.map((output) => output.name);
    const near = nearest(asked, names);
    throw refuse(
      spec,
      `it has no output "${asked}"`,
      `${near.length > 0 ? "nearest" : "outputs"}: ${(near.length > 0 ? near : names).join(", ")}`,
    );
  }
  const scores = outputs.filter((output) => output.isTensor && scoreTypes.has(output.type));
  const [only] = scores;
  if (only !== undefined && scores.length === 1) return only.name;
  const named = scores.filter((output) => /prob|score|proba|logit/i.test(output.name));
  if (named[0] !== undefined && named.length === 1) return named[0].name;
  if (scores.length > 1) {
    throw refuse(
      spec,
      `it has ${scores.length} outputs of numbers`,
      `say which one: output: ${scores.at(-1)!.name}   (${scores.map((output) => output.name).join(", ")})`,
    );
  }
  if (outputs.every((output) => !output.isTensor)) {
    throw refuse(
      spec,
      `it answers no tensor (${outputs.map((output) => output.name).join(", ")} ${outputs.length === 1 ? "is a sequence or map" : "are sequences or maps"}), which the runtime cannot read`,
      "export it with a tensor: convert_sklearn(…, options={'zipmap': False}), convert_lightgbm(…, zipmap=False)",
    );
  }
  const [label] = outputs;
  if (spec.task === "regression" && label?.isTensor === true && label.type !== "string") return label.name;
  throw refuse(spec, labelOnly(outputs), "export it with its probabilities or scores as an output");
}

function checkScores(output: InferenceSession.ValueMetadata, spec: ModelSpec): string {
  if (!output.isTensor) {
    throw refuse(
      spec,
      `its output "${output.name}" is a sequence or map, which the runtime cannot read`,
      "export it with a tensor: convert_sklearn(…, options={'zipmap': False}), convert_lightgbm(…, zipmap=False)",
    );
  }
  const isNumber = scoreTypes.has(output.type) || (spec.task === "regression" && output.type !== "string");
  if (isNumber) return output.name;
  throw refuse(
    spec,
    `its output "${output.name}" (${output.type}) is a label, not a score; a label cannot be ranked or calibrated`,
    "say the output of the probabilities or scores: output: NAME",
  );
}

function labelOnly(outputs: readonly InferenceSession.ValueMetadata[]): string {
  const listed = outputs
    .map((output) => `${output.name} (${output.isTensor ? output.type : "not a tensor"})`)
    .join(", ");
  return `it answers labels only: ${listed}; a label cannot be ranked or calibrated`;
}

/** Which columns of the output are the scores. */
export interface ScoreColumns {
  readonly width: number;
  /** The one column that is the score; null where all are. */
  readonly column: number | null;
  /** True where all are and nothing says that they are classes of which one is true: several predictions, say. */
  readonly isVector: boolean;
}

/** The first answer of a model, by which its columns are chosen: declared shapes may be wrong. */
export interface FirstAnswer {
  readonly dims: readonly number[];
  readonly values: number;
  readonly rows: number;
  readonly kind: AnswerKind;
  readonly classes: readonly string[] | null;
}

/**
 * Decides which numbers of an answer are the score. [n] and [n,1] are; of [n,2] that are two classes it is the column of
 * `class` or of the positive class (the label's, `1`, `true`, `yes`, else the last); more columns are the classes of a multiclass
 * model, or one of them by `class`. What is not known for classes is taken for two of them where the task is binary, and
 * is otherwise no score: two numbers a row may be two predictions.
 * @throws Failure MODEL with the line to paste
 */
export function chooseColumns(answer: FirstAnswer, spec: ModelSpec): ScoreColumns {
  const { dims, values, rows, kind, classes } = answer;
  const width = values / rows;
  if (!Number.isInteger(width) || width < 1 || (dims.length > 1 && dims[0] !== rows)) {
    throw refuse(
      spec,
      `its answer has the shape [${dims.join(", ")}] for ${rows} ${rows === 1 ? "row" : "rows"}; rows come first`,
      "say another output, or export it with the answers of one row side by side",
    );
  }
  if (width === 1) return { width, column: 0, isVector: false };
  const column = spec.class === undefined ? null : classColumn(spec.class, width, spec, classes);
  if (column !== null) return { width, column, isVector: false };
  const isVector = kind !== "classes";
  const all = { width, column: null, isVector };
  if (spec.task === "multiclass") return { ...all, isVector: false };
  if (spec.task === "regression") throw notOneNumber(spec, width, kind, classes);
  const mayBeTwoClasses = kind === "classes" || (kind === "unknown" && spec.task === "binary");
  if (width === 2 && mayBeTwoClasses) {
    const hit = spec.positive === undefined ? -1 : (classes?.indexOf(spec.positive) ?? -1);
    const positive = hit >= 0 ? hit : (classes?.findIndex((name) => /^(1|true|yes)$/i.test(name)) ?? -1);
    return { width, column: classes?.length === 2 && positive >= 0 ? positive : 1, isVector: false };
  }
  if (spec.task === undefined) return all;
  throw notOneNumber(spec, width, kind, classes);
}

function notOneNumber(spec: ModelSpec, width: number, kind: AnswerKind, classes: readonly string[] | null): Failure {
  const names = classes?.length === width ? classes.join(", ") : `0 to ${width - 1}`;
  const isClassifier = spec.task === "regression" && kind === "classes";
  return refuse(
    spec,
    isClassifier
      ? `it is a classifier (it answers scores of ${width} classes), and the task is regression`
      : `it answers ${width} numbers a row where a ${spec.task} score is one`,
    `say which one: class: … (${names})`,
    ...(isClassifier ? [`or judge it as what it is: task: ${width === 2 ? "binary" : "multiclass"}`] : []),
  );
}

function classColumn(
  wanted: string | number,
  width: number,
  spec: ModelSpec,
  classes: readonly string[] | null,
): number {
  const named = classes?.indexOf(String(wanted)) ?? -1;
  if (named >= 0 && classes?.length === width) return named;
  const index = Number(wanted);
  if (Number.isInteger(index) && index >= 0 && index < width) return index;
  const names = classes?.length === width ? classes : Array.from({ length: width }, (_, i) => String(i));
  throw new Failure("MODEL", {
    where: spec.path,
    message: `the model has no class "${wanted}"`,
    mend: [`classes: ${names.join(", ")}`],
  });
}

const labelTypes = /^(int64|int32|bool|string)$/;

/**
 * What the columns of an output are. Labels side by side are answers of their own; so are the scores beside them, one or
 * more for each (multi-label), which are no classes of which one is true.
 * @param sizes the sizes of each output as it was answered, where declared ones may be wrong
 */
export function kindOf(
  output: string,
  width: number,
  outputs: readonly InferenceSession.ValueMetadata[],
  graph: ModelGraph,
  sizes: ReadonlyMap<string, readonly number[]> = new Map(),
): AnswerKind {
  if (width <= 1) return graph.answers[output] ?? "unknown";
  const hasLabels = outputs.some((other) => {
    if (!other.isTensor || !labelTypes.test(other.type)) return false;
    if (other.name === output) return true;
    const labels = Number(sizes.get(other.name)?.[1] ?? other.shape[1] ?? 1);
    return labels > 1 && width % labels === 0;
  });
  return hasLabels ? "numbers" : (graph.answers[output] ?? "unknown");
}

/** The answer as numbers. Labels of 64 bits arrive as BigInt. @param type of the output's elements */
export function answerNumbers(data: unknown, type: string): ArrayLike<number> {
  if (type === "float16") return halfValues(data);
  if (data instanceof Float32Array || data instanceof Float64Array || data instanceof Int32Array) return data;
  if (data instanceof BigInt64Array) return Float64Array.from(data, Number);
  if (ArrayBuffer.isView(data) && "length" in data) return data as unknown as ArrayLike<number>;
  throw new InternalError("the runtime answered something that is not numbers");
}
