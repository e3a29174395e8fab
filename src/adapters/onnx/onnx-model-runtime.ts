import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { InferenceSession } from "onnxruntime-node";
import type { LoadedModel, ModelRuntime, ModelSpec } from "../../app/ports/model-runtime.ts";
import { Failure } from "../../core/failures.ts";
import type { Table } from "../../core/tables/table.ts";
import { fixedRows } from "./fixed-rows.ts";
import { halfTensor } from "./half-tensor.ts";
import type { InputPlan } from "./input-plan.ts";
import { columnNeeds, planInputs } from "./input-plan.ts";
import type { ModelGraph } from "./model-graph.ts";
import { modelDigest } from "./model-digest.ts";
import { readModelGraph, withoutZipMaps } from "./model-graph.ts";
import { importOnnxRuntime } from "./onnx-runtime.ts";
import type { ScoreColumns } from "./output-plan.ts";
import { answerNumbers, chooseColumns, chooseOutput, kindOf } from "./output-plan.ts";
import { withSidecar } from "./sidecar.ts";
import { filledUp, TensorFiller } from "./tensor-columns.ts";

type Runtime = typeof import("onnxruntime-node");

/** Rows per run. Fixed, so that the same rows give the same bits; 1,000 to 16,000 are equally fast (2.1 µs a row). */
const runRows = 4096;

/** Scores ONNX files in this process, on one thread per model: two were never faster, and change the last bits. */
export function createOnnxModelRuntime(): ModelRuntime {
  return { load: async (spec) => load(await withSidecar(spec)) };
}

async function load(spec: ModelSpec): Promise<LoadedModel> {
  const bytes = await readModel(spec.path);
  const graph = graphOf(bytes, spec.path);
  const digest = await modelDigest(spec.path, bytes, graph);
  const runtime = await importOnnxRuntime();
  const session = await openSession(runtime, spec, bytes, graph);
  try {
    const inputs = planInputs(session.inputMetadata, spec);
    const output = chooseOutput(session.outputMetadata, spec, graph);
    const needs = columnNeeds(inputs, spec);
    const scorer = new Scorer(runtime, session, spec, inputs, output, graph);
    return {
      digest,
      needs,
      ...(graph.classes === null ? {} : { classes: graph.classes }),
      score: (table, onProgress) => scorer.score(table, onProgress),
      close: () => session.release(),
    };
  } catch (error) {
    await session.release();
    throw error;
  }
}

export async function readModel(path: string): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw new Failure("MODEL", {
      where: path,
      message: "the model file cannot be read",
      mend: ["paths are relative to the policy file"],
      cause,
    });
  }
  if (bytes.length === 0) throw new Failure("MODEL", { where: path, message: "the model file is empty (0 bytes)" });
  return bytes;
}

export function graphOf(bytes: Uint8Array, path: string): ModelGraph {
  try {
    return readModelGraph(bytes);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const head = new TextDecoder("latin1").decode(bytes.subarray(0, 64));
    const looks =
      bytes[0] === 0x80
        ? "it looks like a Python pickle"
        : /^\s*[[{<#\w]/.test(head) && !head.includes("\0")
          ? "it looks like text"
          : "it may be truncated";
    throw new Failure("MODEL", {
      where: path,
      message: `the file is not an ONNX model (${looks})`,
      mend: ["export the model to ONNX: skl2onnx, onnxmltools or torch.onnx.export write such files"],
      cause,
    });
  }
}

export async function openSession(
  runtime: Runtime,
  spec: ModelSpec,
  bytes: Uint8Array,
  graph: ModelGraph,
): Promise<InferenceSession> {
  const options: InferenceSession.SessionOptions = {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: "sequential",
    logSeverityLevel: 4,
  };
  try {
    // By path where the file stays as it is: weights may lie in files beside it.
    if (graph.zipMaps.length === 0) return await runtime.InferenceSession.create(spec.path, options);
    // Of bytes the runtime does not know where the weights lie.
    const extra = { session: { model_external_initializers_file_folder_path: dirname(spec.path) } };
    return await runtime.InferenceSession.create(withoutZipMaps(bytes, graph), { ...options, extra });
  } catch (cause) {
    const reason = (cause instanceof Error ? cause.message : String(cause)).split("\n", 1)[0]!;
    const words = reason.replace(spec.path, "it").slice(0, 240);
    throw new Failure("MODEL", {
      where: spec.path,
      message: `the runtime cannot load the model: ${words}`,
      mend: mendOfLoading(reason, graph),
      cause,
    });
  }
}

/** What helps where the runtime cannot load a model, by what it says. */
export function mendOfLoading(reason: string, { opset }: Pick<ModelGraph, "opset">): string[] {
  const locale = /locale with name: ?(\w+(?:\.[\w-]+)?)/i.exec(reason)?.[1];
  if (locale !== undefined) {
    return [
      `the model lowers or raises letters by the locale ${locale}, which this machine lacks: install it (Debian: apt-get install locales, then localedef -i en_US -f UTF-8 en_US.UTF-8)`,
      "or lower the texts before the model, as in TfidfVectorizer(lowercase=False), and export it again",
    ];
  }
  if (/external data|model_path|cannot open|No such file|file_size/i.test(reason)) {
    return [
      "the model keeps weights in files of their own: copy them beside it, under the names they were exported with",
    ];
  }
  if (/Unsupported data type/i.test(reason)) {
    return ["the runtime has no such type for inputs and outputs (bfloat16 is one): cast to float inside the model"];
  }
  const sets = Object.entries(opset).map(([domain, version]) => `${domain} ${version}`);
  return [`it needs ${sets.join(", ")}; export it for an operator set that onnxruntime 1.30 knows`];
}

function firstOf(data: ArrayLike<number>, count: number): ArrayLike<number> {
  return data.length === count ? data : Float64Array.from({ length: count }, (_, i) => data[i]!);
}

class Scorer {
  readonly #runtime: Runtime;
  readonly #session: InferenceSession;
  readonly #spec: ModelSpec;
  readonly #inputs: readonly InputPlan[];
  readonly #output: string;
  readonly #graph: ModelGraph;
  readonly #filler: TensorFiller;
  /** Rows of each run, where the model was exported for so many; the last run is filled up. */
  readonly #fixedRows: number | null;
  #columns: ScoreColumns | null = null;

  constructor(
    runtime: Runtime,
    session: InferenceSession,
    spec: ModelSpec,
    inputs: readonly InputPlan[],
    output: string,
    graph: ModelGraph,
  ) {
    this.#runtime = runtime;
    this.#session = session;
    this.#spec = spec;
    this.#inputs = inputs;
    this.#output = output;
    this.#graph = graph;
    this.#fixedRows = fixedRows(session.inputMetadata.map((input) => (input.isTensor ? input.shape : [])));
    this.#filler = new TensorFiller(spec, graph.categories);
  }

  async score(
    table: Table,
    onProgress?: (rowsDone: number, rowsTotal: number) => void,
  ): Promise<{ width: number; values: Float64Array }> {
    let values: Float64Array | null = null;
    let width = 1;
    const rowsAtOnce = this.#fixedRows ?? runRows;
    for (let start = 0; start < table.rows; start += rowsAtOnce) {
      const end = Math.min(start + rowsAtOnce, table.rows);
      const { data, dims } = await this.#run(table, start, end);
      this.#columns ??= this.#choose(dims, data.length, this.#fixedRows ?? end - start);
      const { column, width: answered } = this.#columns;
      width = column === null ? answered : 1;
      values ??= new Float64Array(table.rows * width);
      if (column === null) values.set(firstOf(data, (end - start) * width), start * width);
      else for (let row = start, at = column; row < end; row++, at += answered) values[row] = data[at]!;
      onProgress?.(end, table.rows);
    }
    return { width, values: values ?? new Float64Array(0) };
  }

  #choose(dims: readonly number[], values: number, rows: number): ScoreColumns {
    const kind = kindOf(this.#output, values / rows, this.#session.outputMetadata, this.#graph);
    return chooseColumns({ dims, values, rows, kind, classes: this.#graph.classes }, this.#spec);
  }

  async #run(table: Table, start: number, end: number): Promise<{ data: ArrayLike<number>; dims: readonly number[] }> {
    const feeds: Record<string, InstanceType<Runtime["Tensor"]>> = {};
    for (const plan of this.#inputs) {
      const rows = this.#fixedRows ?? end - start;
      const data = filledUp(this.#filler.fill(plan, table, start, end), rows, plan.columns.length);
      const dims = plan.flat ? [rows] : [rows, plan.columns.length];
      feeds[plan.input] = Array.isArray(data)
        ? new this.#runtime.Tensor("string", data, dims)
        : plan.type === "float16"
          ? halfTensor(data as Float32Array, dims)
          : new this.#runtime.Tensor(plan.type as "float32", data as Float32Array, dims);
    }
    try {
      const answer = (await this.#session.run(feeds, [this.#output]))[this.#output];
      if (answer === undefined) throw new Error("no answer");
      return { data: answerNumbers(answer.data, answer.type), dims: answer.dims };
    } catch (cause) {
      const reason = (cause instanceof Error ? cause.message : String(cause)).split("\n", 1)[0]!.slice(0, 240);
      throw new Failure("MODEL", {
        where: this.#spec.path,
        message: `the model failed on rows ${table.firstRow + start + 1} to ${table.firstRow + end}: ${reason}`,
        cause,
      });
    }
  }
}
