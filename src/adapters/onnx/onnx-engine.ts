import type { InferenceSession } from "onnxruntime-node";
import type { ModelSpec } from "../../app/ports/model-runtime.ts";
import type { Datatype, Tensor, TensorData, TensorSpec } from "../../core/serving/tensor.ts";
import { RequestFailure } from "../../core/serving/feature-record.ts";
import { halfTensor, halfValues } from "./half-tensor.ts";
import type { ModelGraph } from "./model-graph.ts";
import { importOnnxRuntime } from "./onnx-runtime.ts";
import { graphOf, openSession, readModel } from "./onnx-model-runtime.ts";
import { datatypeOf } from "./tensor-datatypes.ts";

type Runtime = typeof import("onnxruntime-node");

const typeOf = new Map(Object.entries(datatypeOf).map(([type, datatype]) => [datatype, type]));

/** One ONNX session that takes and gives tensors of the protocol. Lives on the main thread or in a worker. */
export interface OnnxEngine {
  readonly session: InferenceSession;
  readonly graph: ModelGraph;
  readonly bytes: Uint8Array;
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  run(tensors: readonly Tensor[], outputs: readonly string[] | null): Promise<Tensor[]>;
  close(): Promise<void>;
}

/** @throws Failure MODEL */
export async function openOnnxEngine(spec: ModelSpec): Promise<OnnxEngine> {
  const bytes = await readModel(spec.path);
  const graph = graphOf(bytes, spec.path);
  const runtime = await importOnnxRuntime();
  const session = await openSession(runtime, spec, bytes, graph);
  const inputs = specsOf(session.inputMetadata);
  const outputs = specsOf(session.outputMetadata);
  const readable = outputs.map((output) => output.name);
  return {
    session,
    graph,
    bytes,
    inputs,
    outputs,
    run: (tensors, wanted) => run(runtime, session, tensors, wanted ?? readable),
    close: () => session.release(),
  };
}

async function run(
  runtime: Runtime,
  session: InferenceSession,
  tensors: readonly Tensor[],
  wanted: readonly string[],
): Promise<Tensor[]> {
  const feeds: Record<string, InstanceType<Runtime["Tensor"]>> = {};
  for (const tensor of tensors) feeds[tensor.name] = toRuntime(runtime, tensor);
  const answers = await session.run(feeds, wanted as string[]);
  return wanted.map((name) => {
    const answer = answers[name]!;
    const datatype = datatypeOf[answer.type] ?? "FP32";
    return { name, datatype, shape: answer.dims, data: fromRuntime(answer.data, datatype) };
  });
}

function toRuntime(runtime: Runtime, tensor: Tensor): InstanceType<Runtime["Tensor"]> {
  const { data, shape } = tensor;
  if (tensor.datatype === "BYTES") {
    const texts = (data as readonly (string | Uint8Array)[]).map((value) => {
      if (typeof value !== "string") {
        throw new RequestFailure(`input "${tensor.name}" holds bytes that are not UTF-8 text`);
      }
      // The runtime would end the text there without a word.
      if (value.includes("\0"))
        throw new RequestFailure(`input "${tensor.name}" holds a text with the character U+0000`);
      return value;
    });
    return new runtime.Tensor("string", texts, shape);
  }
  if (tensor.datatype === "FP16") return halfTensor(data as Float32Array, shape);
  return new runtime.Tensor(typeOf.get(tensor.datatype) as "float32", data as Float32Array, shape);
}

function fromRuntime(data: unknown, datatype: Datatype): TensorData {
  return datatype === "FP16" ? halfValues(data) : (data as TensorData);
}

/** Declared tensors; what is none (a ZipMap) is left out. */
function specsOf(metadata: readonly InferenceSession.ValueMetadata[]): TensorSpec[] {
  return metadata.flatMap((value) => {
    if (!value.isTensor) return [];
    const datatype = datatypeOf[value.type];
    if (datatype === undefined) return [];
    const shape = value.shape.map((size) => (typeof size === "number" && size > 0 ? size : -1));
    return [{ name: value.name, datatype, shape }];
  });
}
