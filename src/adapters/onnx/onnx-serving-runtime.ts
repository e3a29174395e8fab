import type { ModelSpec } from "../../app/ports/model-runtime.ts";
import type {
  Answer,
  OnnxServingSource,
  PredictOptions,
  Rows,
  ServingModel,
  ServingRuntime,
} from "../../app/ports/serving-runtime.ts";
import { answerOf, type ScoreChoice } from "../../app/serving/answer.ts";
import { MicroBatcher } from "../../app/serving/micro-batcher.ts";
import { Failure, InternalError } from "../../core/failures.ts";
import type { FeatureRecord } from "../../core/serving/feature-record.ts";
import { type CategoryCodes, categoryCodes } from "../../core/serving/category-codes.ts";
import { decodeRecords } from "../../core/serving/decode-records.ts";
import { type InputColumns, RecordEncoder } from "../../core/serving/record-encoder.ts";
import {
  allocate,
  elementCount,
  joinRows,
  sliceRows,
  type Tensor,
  type TensorSpec,
} from "../../core/serving/tensor.ts";
import { checkTensors, inputsOfRows } from "./check-tensors.ts";
import { answeredShapes, chooseScore, refuseWithoutRows } from "./choose-score.ts";
import { fixedRows, runInParts } from "./fixed-rows.ts";
import { firstDifference, type GoldenRows, readGoldenRows } from "./golden-rows.ts";
import { planInputs, refuse } from "./input-plan.ts";
import { type OnnxEngine, openOnnxEngine } from "./onnx-engine.ts";
import { modelDigest } from "./model-digest.ts";
import { OnnxWorkerEngine } from "./onnx-worker-engine.ts";
import { servingNotes } from "./serving-notes.ts";
import { withSidecar } from "./sidecar.ts";

/** A run up to this long stays on the main thread: the hop to a worker and back costs about 0.05 ms. */
const longestMainRunMilliseconds = 0.5;
const SHORT_MILLISECONDS = 2;
const warmRuns = 30;

/** Serves ONNX files in this process: on the main thread where a run is short, in a worker where it is long. */
export function createOnnxServingRuntime(): ServingRuntime {
  return {
    load: async (source) => {
      if (source.kind !== "onnx") throw new InternalError(`the ONNX runtime was given ${source.kind}`);
      return load(source);
    },
  };
}

async function load(source: OnnxServingSource): Promise<ServingModel> {
  const { kind: _, thread, live, digest: wanted, ...given } = source;
  const spec = await withSidecar(given);
  const engine = await openOnnxEngine(spec);
  // How long a run takes is not known yet: while others are answered, the first ones are a worker's.
  let worker = thread === "worker" || (live === true && thread !== "main") ? new OnnxWorkerEngine(spec) : null;
  try {
    await worker?.start();
    const first: Runner = worker ?? engine;
    const digest = await modelDigest(spec.path, engine.bytes, engine.graph);
    if (wanted !== undefined && wanted !== digest) throw changedFile(spec.path);
    const golden = await readGoldenRows(spec.path);
    const inputs = inputColumns(engine, spec);
    const isFixed = fixedRows(engine.inputs.map(({ shape }) => shape)) !== null;
    const sample =
      isFixed || golden === null
        ? blankRow(engine.inputs)
        : golden.inputs.map((tensor) => sliceRows(tensor, 0, Math.min(1, tensor.shape[0] ?? 1)));
    const rows = sample[0]?.shape[0] ?? 1;
    const answers = await first.run(sample, null).catch(() => null);
    const choice = chooseScore(engine, spec, answers, rows);
    const twice = isFixed || sample.length === 0 ? null : await first.run(sample.map(doubled), null).catch(() => null);
    if (twice !== null) refuseWithoutRows(spec, choice.output, twice, 2 * rows);
    const outputs = answeredShapes(engine, answers, twice);
    if (golden !== null) await proveGolden(first, golden, spec);
    let measured = await medianRun(first, sample);
    // The hop to the worker is no part of it; a short run may be measured here.
    if (worker !== null && measured !== null && measured < SHORT_MILLISECONDS)
      measured = await medianRun(engine, sample);
    const runs = `${measured === null ? "not measured (it refuses a blank row)" : `${measured.toFixed(3)} ms a row`}`;
    const useWorker =
      thread === "worker" || (thread !== "main" && measured !== null && measured > longestMainRunMilliseconds);
    const placement = `${useWorker ? "worker thread" : "main thread"}: ${runs}${thread === undefined ? "" : ", as declared"}`;
    if (!useWorker) {
      await worker?.close();
      return new OnnxServingModel({ engine, runner: engine, spec, inputs, outputs, choice, digest, placement });
    }
    if (worker === null) {
      worker = new OnnxWorkerEngine(spec);
      await worker.start();
    }
    await engine.close();
    return new OnnxServingModel({ engine, runner: worker, spec, inputs, outputs, choice, digest, placement });
  } catch (error) {
    await worker?.close();
    await engine.close();
    throw error;
  }
}

function changedFile(path: string): Failure {
  return new Failure("MODEL", {
    where: path,
    message: "the file does not have the content that was registered: it was damaged or changed on the disk",
    mend: ["register the file again, or restore a backup: its content is known by its SHA-256"],
  });
}

/** Which columns fill which input. Without `features` a wide input is filled by a list under its own name. */
function inputColumns(engine: OnnxEngine, spec: ModelSpec): InputColumns[] {
  const scalar = engine.inputs.find((input) => input.shape.length === 0);
  if (scalar !== undefined) {
    throw refuse(
      spec,
      `its input "${scalar.name}" is one value for all rows, not one a row`,
      "make it a constant of the model, or an input of shape [N, 1], and export it again",
    );
  }
  const byInput = engine.inputs.map((input) => {
    const tail = input.shape.slice(1);
    const single = tail.every((size) => size === 1);
    return { input: input.name, datatype: input.datatype, tail, columns: single ? [input.name] : null };
  });
  let plans: ReturnType<typeof planInputs>;
  try {
    plans = planInputs(engine.session.inputMetadata, spec);
  } catch (error) {
    if (error instanceof Failure && spec.features === undefined) return byInput;
    throw error;
  }
  return byInput.map((input) => {
    const plan = plans.find((candidate) => candidate.input === input.input);
    if (plan === undefined) return input;
    return { ...input, tail: plan.flat ? [] : [plan.columns.length], columns: plan.columns };
  });
}

function doubled(tensor: Tensor): Tensor {
  return joinRows([tensor, tensor]);
}

function blankRow(inputs: readonly TensorSpec[]): Tensor[] {
  return inputs.map((input) => {
    const shape = input.shape.map((size) => Math.max(1, size));
    const count = elementCount(shape);
    const data =
      input.datatype === "BYTES" ? Array.from<string>({ length: count }).fill("") : allocate(input.datatype, count);
    return { name: input.name, datatype: input.datatype, shape, data };
  });
}

/** @throws Failure MODEL at the first golden row that the model answers otherwise */
async function proveGolden(engine: Pick<Runner, "run">, golden: GoldenRows, spec: ModelSpec): Promise<void> {
  let difference: string | null;
  try {
    difference = firstDifference(golden, await engine.run(golden.inputs, null));
  } catch (error) {
    difference = error instanceof Error ? error.message : String(error);
  }
  if (difference === null) return;
  throw new Failure("MODEL", {
    where: spec.path,
    message: `the model does not answer its golden rows as it did when it was made: ${difference}`,
    mend: ["is it another model, or another version of it, than the file of golden rows beside it?"],
  });
}

async function medianRun(engine: Pick<Runner, "run">, sample: readonly Tensor[]): Promise<number | null> {
  const times: number[] = [];
  try {
    for (let i = 0; i < warmRuns; i++) {
      const started = performance.now();
      await engine.run(sample, null);
      times.push(performance.now() - started);
      // A slow model is known for slow after a few runs.
      if (i >= 3 && times.at(-1)! > 20) break;
    }
  } catch {
    return null;
  }
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]!;
}

interface Runner {
  run(tensors: readonly Tensor[], outputs: readonly string[] | null): Promise<readonly Tensor[]>;
  close(): Promise<void>;
}

interface Parts {
  readonly engine: OnnxEngine;
  readonly runner: Runner;
  readonly spec: ModelSpec;
  readonly inputs: readonly InputColumns[];
  readonly outputs: readonly TensorSpec[];
  readonly choice: ScoreChoice;
  readonly digest: string;
  readonly placement: string;
}

class OnnxServingModel implements ServingModel {
  readonly kind = "onnx";
  readonly platform = "onnxruntime_onnx";
  readonly digest: string;
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  readonly columns: readonly string[];
  readonly classes?: readonly string[];
  readonly placement: string;
  readonly notes?: readonly string[];
  readonly score: ScoreChoice;
  readonly #runner: Runner;
  readonly #batcher: MicroBatcher;
  readonly #encoder: RecordEncoder;
  readonly #ofRows: ReadonlySet<string>;
  readonly #codes: ReadonlyMap<string, CategoryCodes>;
  readonly #plan: readonly InputColumns[];

  constructor({ engine, runner, spec, inputs, outputs, choice, digest, placement }: Parts) {
    this.digest = digest;
    this.inputs = engine.inputs;
    this.outputs = outputs;
    this.columns = inputs.flatMap((input) => input.columns ?? []);
    if (choice.classes !== undefined) this.classes = choice.classes;
    this.placement = placement;
    const notes = servingNotes(inputs, choice, outputs, spec.class === undefined ? engine.graph.classes : null);
    if (notes.length > 0) this.notes = notes;
    this.#runner = runner;
    this.#ofRows = inputsOfRows(engine.session.inputMetadata);
    this.#plan = inputs;
    this.score = choice;
    this.#encoder = new RecordEncoder(inputs, { ...spec, categories: engine.graph.categories });
    this.#codes = categoryCodes(spec.encode);
    const size = fixedRows(engine.inputs.map(({ shape }) => shape));
    const scoreOnly = [choice.output];
    const run = (tensors: readonly Tensor[], all: boolean): Promise<readonly Tensor[]> =>
      runner.run(tensors, all ? null : scoreOnly);
    this.#batcher = new MicroBatcher(
      size === null ? run : (tensors, all) => runInParts(run, tensors, all, size),
      64,
      size === null,
    );
  }

  encode(records: readonly FeatureRecord[]): readonly Tensor[] {
    return this.#encoder.encode(records);
  }

  decode(tensors: readonly Tensor[]): readonly FeatureRecord[] | null {
    return decodeRecords(this.#plan, tensors, this.#codes);
  }

  predict(rows: Rows, options: PredictOptions): Promise<Answer> {
    try {
      const tensors = rows.tensors ?? this.encode(rows.records ?? []);
      checkTensors(tensors, this.inputs, this.#ofRows);
      return this.#batcher.run(tensors, options, (outputs) => answerOf(outputs, rows.count, this.score));
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  close(): Promise<void> {
    return this.#runner.close();
  }
}
