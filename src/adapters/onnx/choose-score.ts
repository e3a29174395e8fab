import type { ModelSpec } from "../../app/ports/model-runtime.ts";
import { type ScoreChoice, startsWithRows } from "../../app/serving/answer.ts";
import { Failure } from "../../core/failures.ts";
import { isTexts, type Tensor, type TensorSpec } from "../../core/serving/tensor.ts";
import type { OnnxEngine } from "./onnx-engine.ts";
import { refuse } from "./input-plan.ts";
import { chooseColumns, chooseOutput, kindOf } from "./output-plan.ts";

/**
 * Decides by the answer to one row which output, and which of its columns, is the score. What cannot be told apart is
 * served whole: all numbers of the row.
 * @param answers all outputs for `rows` rows; null where the model refuses the sample
 * @throws Failure MODEL where the user named an output, a class or a task that the model does not fit
 */
export function chooseScore(
  engine: OnnxEngine,
  spec: ModelSpec,
  answers: readonly Tensor[] | null,
  rows: number,
): ScoreChoice {
  const output = outputOf(engine, spec);
  const classes = engine.graph.classes ?? undefined;
  // A blank row may be no valid input (a shape that must agree with another): decided at the first request.
  const kindNow = engine.graph.answers[output] ?? "unknown";
  if (answers === null) {
    return {
      output,
      column: null,
      ...(kindNow === "classes" ? {} : { isVector: true }),
      ...(classes === undefined ? {} : { classes }),
    };
  }
  const answer = answers.find((tensor) => tensor.name === output)!;
  if (!startsWithRows(answer, rows) && spec.output === undefined) {
    // As [labels, rows, classes] of a multi-label forest: another output may hold one row after the other.
    const other = answers.find((tensor) => startsWithRows(tensor, rows));
    if (other !== undefined) return { output: other.name, column: null, isVector: true };
  }
  const width = answer.data.length / rows;
  if (isTexts(answer.data)) return { output, column: null, isVector: true };
  const sizes = new Map(answers.map((tensor) => [tensor.name, tensor.shape]));
  const kind = kindOf(output, width, engine.session.outputMetadata, engine.graph, sizes);
  // Several numbers are an answer here, though they are no score to judge a regression by.
  const { task, ...open } = spec;
  const asked = task === "regression" && kind !== "classes" ? open : spec;
  const { dims, values } = { dims: answer.shape, values: answer.data.length };
  const chosen = chooseColumns({ dims, values, rows, kind, classes: engine.graph.classes }, asked);
  if (chosen.column !== null) return { output, column: chosen.column };
  return {
    output,
    column: null,
    ...(chosen.isVector ? { isVector: true } : {}),
    ...(!chosen.isVector && classes?.length === width ? { classes } : {}),
  };
}

function outputOf(engine: OnnxEngine, spec: ModelSpec): string {
  // A label may be asked for: it cannot be judged, and can be served.
  if (engine.outputs.some((output) => output.name === spec.output)) return spec.output!;
  try {
    return chooseOutput(engine.session.outputMetadata, spec, engine.graph);
  } catch (error) {
    // Served all the same, with the first output as the answer, unless the user named one that is not there.
    const first = engine.outputs[0]?.name;
    const isDeclared = spec.output !== undefined || spec.class !== undefined;
    if (!(error instanceof Failure) || isDeclared || first === undefined) throw error;
    return first;
  }
}

/** @throws Failure MODEL where two rows are answered as one is: the answer is not one a row */
export function refuseWithoutRows(spec: ModelSpec, score: string, twice: readonly Tensor[], rows: number): void {
  const answer = twice.find((tensor) => tensor.name === score);
  if (answer === undefined || startsWithRows(answer, rows)) return;
  throw refuse(
    spec,
    `it answers ${rows} rows with the shape [${answer.shape.join(",")}], which is not one answer a row`,
    "export it so that each row has its own answer, the rows first: [N] or [N, 1]",
  );
}

/**
 * The outputs with the shapes that the answers have: exporters declare none for what a ZipMap held, and one row where
 * there are many.
 * @param answers all outputs for a sample; null where the model refuses it
 * @param twice the same for the sample twice over
 */
export function answeredShapes(
  engine: OnnxEngine,
  answers: readonly Tensor[] | null,
  twice: readonly Tensor[] | null,
): readonly TensorSpec[] {
  if (answers === null) return engine.outputs;
  return engine.outputs.map((spec) => {
    const once = answers.find((tensor) => tensor.name === spec.name)?.shape ?? spec.shape;
    const more = twice?.find((tensor) => tensor.name === spec.name)?.shape ?? once;
    const isLike = spec.shape.length === once.length;
    const shape = once.map((size, i) => (size !== more[i] || (isLike && spec.shape[i]! < 0) ? -1 : size));
    return { ...spec, shape };
  });
}
