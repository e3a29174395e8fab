/** What is known of the numbers in an output: scores of classes of which one is true, numbers of their own, or neither. */
export type AnswerKind = "classes" | "numbers" | "unknown";

/** A node of the graph, as far as it says where numbers come from. */
export interface GraphNode {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly operator: string;
}

const classifiers = new Set([
  "Softmax",
  "LogSoftmax",
  "ai.onnx.ml::LinearClassifier",
  "ai.onnx.ml::SVMClassifier",
  "ai.onnx.ml::TreeEnsembleClassifier",
  "ai.onnx.ml::ZipMap",
]);
const regressors = new Set([
  "ai.onnx.ml::LinearRegressor",
  "ai.onnx.ml::SVMRegressor",
  "ai.onnx.ml::TreeEnsembleRegressor",
]);
/** Operators that change the form of numbers and not what they are. */
const passing = new Set([
  "Cast",
  "Clip",
  "Concat",
  "Flatten",
  "Identity",
  "Log",
  "Reshape",
  "Squeeze",
  "Unsqueeze",
  "ai.onnx.ml::Normalizer",
]);
/** Operators between the largest of several scores and the name of its class. */
const naming = new Set([
  ...passing,
  "Add",
  "Equal",
  "Gather",
  "Greater",
  "Mul",
  "Not",
  "Where",
  "ai.onnx.ml::ArrayFeatureExtractor",
  "ai.onnx.ml::LabelEncoder",
]);
const classNames = /prob|logit|softmax/i;

/**
 * What the graph says of each output: the operators that made it, another output that names the class, its own name.
 * Two numbers a row may be two classes or two predictions; without such a sign it is not known which.
 */
export function answerKinds(
  nodes: readonly GraphNode[],
  outputs: readonly string[],
): Readonly<Record<string, AnswerKind>> {
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const sources = new Map(outputs.map((name) => [name, sourcesOf(name, makers, passing)]));
  const isLabelled = outputs.some((name) =>
    [...sourcesOf(name, makers, naming)].some(
      (operator) => operator === "ArgMax" || (classifiers.has(operator) && !sources.get(name)!.has(operator)),
    ),
  );
  return Object.fromEntries(
    outputs.map((name): [string, AnswerKind] => {
      const found = [...sources.get(name)!];
      // Several sigmoids are several answers, yes or no each.
      if (found.length > 0 && found.every((operator) => operator === "Sigmoid")) return [name, "numbers"];
      if (found.some((operator) => classifiers.has(operator)) || classNames.test(name)) return [name, "classes"];
      if (isLabelled) return [name, "classes"];
      return [name, found.length > 0 && found.every((operator) => regressors.has(operator)) ? "numbers" : "unknown"];
    }),
  );
}

/** The operators that made a tensor, seen through those that only pass it on. */
function sourcesOf(
  output: string,
  makers: ReadonlyMap<string, GraphNode>,
  through: ReadonlySet<string>,
): ReadonlySet<string> {
  const found = new Set<string>();
  const seen = new Set<string>();
  const waiting = [output];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const node = makers.get(name);
    if (node === undefined || seen.has(name)) continue;
    seen.add(name);
    if (through.has(node.operator)) waiting.push(...node.inputs);
    else found.add(node.operator);
  }
  return found;
}
