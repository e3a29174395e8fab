import { type AnswerKind, answerKinds } from "./answer-kind.ts";
import type { Field } from "./protobuf.ts";
import { concatenate, fieldsOf, integersOf, lengthDelimited, varintField } from "./protobuf.ts";

/** What an ONNX file says about itself, read from its bytes without the runtime. */
export interface ModelGraph {
  readonly producer: string;
  /** Operator sets: domain to version; the standard domain is `ai.onnx`. */
  readonly opset: Readonly<Record<string, number>>;
  readonly operators: readonly string[];
  /** Class names in the order of the probability columns, where a classifier or ZipMap node names them. */
  readonly classes: readonly string[] | null;
  /** ZipMap nodes: the output that the runtime cannot read, and the tensor inside it. */
  readonly zipMaps: readonly { readonly output: string; readonly tensor: string }[];
  /** What is known of the numbers in each output. */
  readonly answers: Readonly<Record<string, AnswerKind>>;
  /** Files beside the model that hold weights, by their names. */
  readonly weightFiles: readonly string[];
  /** Categories and classes that the graph compares texts with, as it spells them. */
  readonly categories: readonly string[];
}

interface Node {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly operator: string;
  readonly attributes: ReadonlyMap<string, readonly string[]>;
}

const decoder = new TextDecoder();
const text = (field: Field): string => decoder.decode(field.bytes);

/** @throws RangeError where the bytes are not an ONNX model */
export function readModelGraph(bytes: Uint8Array): ModelGraph {
  let producer = "";
  let graph: Uint8Array | null = null;
  const opset: Record<string, number> = {};
  for (const field of fieldsOf(bytes)) {
    if (field.number === 2) producer = text(field);
    if (field.number === 3 && field.bytes.length > 0) producer = `${producer} ${text(field)}`;
    if (field.number === 7 && field.wire === 2) graph = field.bytes;
    if (field.number === 8) Object.assign(opset, opsetOf(field.bytes));
  }
  if (graph === null) throw new RangeError("there is no graph");
  const nodes: Node[] = [];
  const outputs: string[] = [];
  const weightFiles = new Set<string>();
  for (const field of fieldsOf(graph)) {
    if (field.number === 1) nodes.push(nodeOf(field.bytes));
    if (field.number === 5) for (const name of weightFilesOf(field.bytes)) weightFiles.add(name);
    if (field.number === 12) outputs.push(nameOf(field.bytes));
  }
  const zipMaps = nodes
    .filter((node) => node.operator === "ai.onnx.ml::ZipMap")
    .map((node) => ({ output: node.outputs[0] ?? "", tensor: node.inputs[0] ?? "" }));
  const readable = [...outputs, ...zipMaps.map((zipMap) => zipMap.tensor)];
  const strings = nodes.flatMap((node) => [...node.attributes.values()].flat());
  return {
    producer: producer.trim(),
    opset,
    operators: [...new Set(nodes.map((node) => node.operator))].sort(),
    classes: classesOf(nodes),
    zipMaps,
    weightFiles: [...weightFiles].sort(),
    answers: answerKinds(nodes, readable),
    categories: [...new Set(strings)],
  };
}

/**
 * The same model with the tensor inside each ZipMap as an output in its place: the numbers are the same, and the
 * runtime can read them.
 */
export function withoutZipMaps(bytes: Uint8Array, graph: ModelGraph): Uint8Array {
  const mapped = new Set(graph.zipMaps.map((zipMap) => zipMap.output));
  return concatenate(
    [...fieldsOf(bytes)].map((field) => {
      if (field.number !== 7 || field.wire !== 2) return field.whole;
      const kept = [...fieldsOf(field.bytes)].filter((inner) => {
        if (inner.number === 1) return nodeOf(inner.bytes).operator !== "ai.onnx.ml::ZipMap";
        return inner.number !== 12 || !mapped.has(nameOf(inner.bytes));
      });
      const outputs = graph.zipMaps.map(({ tensor }) => lengthDelimited(12, [floatTensorInfo(tensor)]));
      return lengthDelimited(7, [...kept.map((inner) => inner.whole), ...outputs]);
    }),
  );
}

/** ValueInfoProto: a float tensor of any shape. */
function floatTensorInfo(name: string): Uint8Array {
  const tensorType = lengthDelimited(1, [varintField(1, 1)]);
  return concatenate([lengthDelimited(1, [new TextEncoder().encode(name)]), lengthDelimited(2, [tensorType])]);
}

/** TensorProto: `external_data` (13) holds pairs of key and value; the file is the value of `location`. */
function* weightFilesOf(tensor: Uint8Array): Generator<string> {
  for (const field of fieldsOf(tensor)) {
    if (field.number !== 13) continue;
    const [key, value] = [...fieldsOf(field.bytes)].map(text);
    if (key === "location" && value !== undefined) yield value;
  }
}

function nameOf(message: Uint8Array): string {
  for (const field of fieldsOf(message)) if (field.number === 1) return text(field);
  return "";
}

function opsetOf(message: Uint8Array): Record<string, number> {
  let domain = "ai.onnx";
  let version = 0;
  for (const field of fieldsOf(message)) {
    if (field.number === 1 && field.bytes.length > 0) domain = text(field);
    if (field.number === 2) version = field.value;
  }
  return { [domain]: version };
}

function nodeOf(message: Uint8Array): Node {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, readonly string[]>();
  let operator = "";
  let domain = "";
  for (const field of fieldsOf(message)) {
    if (field.number === 1) inputs.push(text(field));
    else if (field.number === 2) outputs.push(text(field));
    else if (field.number === 4) operator = text(field);
    else if (field.number === 7) domain = text(field);
    else if (field.number === 5) {
      const [name, values] = attributeOf(field.bytes);
      if (values.length > 0) attributes.set(name, values);
    }
  }
  return { inputs, outputs, operator: domain === "" ? operator : `${domain}::${operator}`, attributes };
}

const listed = /^(classlabels_|cats_|keys_strings$)/;

/** Strings and integers of the attributes that name classes and categories; tree tables and weights are skipped. */
function attributeOf(message: Uint8Array): [string, string[]] {
  const name = nameOf(message);
  if (!listed.test(name)) return [name, []];
  const values: string[] = [];
  for (const field of fieldsOf(message)) {
    if (field.number === 9) values.push(text(field));
    if (field.number === 8) values.push(...integersOf(field).map(String));
  }
  return [name, values];
}

function classesOf(nodes: readonly Node[]): readonly string[] | null {
  for (const node of [...nodes].reverse()) {
    for (const [name, values] of node.attributes) {
      if (name.startsWith("classlabels_") && values.length > 1) return values;
    }
  }
  return null;
}
