import type { FeatureRecord } from "../../core/serving/feature-record.ts";
import type { Parameters, Tensor, TensorSpec } from "../../core/serving/tensor.ts";
import type { Condition } from "../../core/slices/condition.ts";

/**
 * A model that answers while a request waits. Implementations: ONNX in process, remote servers (Open Inference,
 * MLflow, any JSON server), rule, constant. All pass the suite in `test/contracts/serving-runtime.contract.ts`.
 */
export interface ServingModel {
  /** `onnx`, `open-inference`, `mlflow`, `json`, `rule`, `constant`. */
  readonly kind: string;
  /** The `platform` of the model's metadata: `onnxruntime_onnx`, … */
  readonly platform: string;
  /** SHA-256 of the artifact, or of the configuration where there is none. */
  readonly digest: string;
  /** Declared inputs and outputs, as the Open Inference Protocol shows them. */
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /**
   * Which output is the score, and which of its columns; null: all of them. `isVector`: they are numbers of their own
   * (several predictions), and no classes of which the best is the answer.
   */
  readonly score: { readonly output: string; readonly column: number | null; readonly isVector?: boolean };
  /** The columns of a record that it reads; empty where any record will do. */
  readonly columns: readonly string[];
  /** Names of the class columns, where one answer is several probabilities. */
  readonly classes?: readonly string[];
  /** Where it runs and why, for people: `main thread: 0.03 ms a row`. */
  readonly placement: string;
  /** False while its server was never reached, so that nothing is known of it; undefined: it is loaded. */
  readonly isLoaded?: boolean;
  /** What its owner should know before the first request, each with what to write: it cannot be told how it is fed. */
  readonly notes?: readonly string[];
  /**
   * The records as the model's input tensors. Synchronous: it is called on the request path.
   * @throws RequestFailure naming the record and the column
   */
  encode(records: readonly FeatureRecord[]): readonly Tensor[];
  /** The rows of input tensors as records by column name; null where the tensors do not hold columns (an image). */
  decode(tensors: readonly Tensor[]): readonly FeatureRecord[] | null;
  /**
   * Answers rows. Aborting the signal gives up waiting and rejects; the work may go on inside the model.
   * @throws RequestFailure where the rows do not fit the model (the client's mistake); any other error is the model's
   */
  predict(rows: Rows, options: PredictOptions): Promise<Answer>;
  /** Gives back memory, threads and connections. Calls in flight end first. */
  close(): Promise<void>;
}

/** At least one of `records` and `tensors` is there; where both are, they say the same. */
export interface Rows {
  readonly count: number;
  readonly records?: readonly FeatureRecord[];
  readonly tensors?: readonly Tensor[];
  /** Of the request; a remote model of the same protocol gets them as they came. */
  readonly parameters?: Parameters;
}

export interface PredictOptions {
  readonly signal?: AbortSignal;
  /** True when no one waits any more, for models that only look now and then: a signal takes time to make. */
  readonly isOver?: boolean;
  /** False: only the scores are read, and `outputs` may hold the score's tensor alone. */
  readonly allOutputs?: boolean | undefined;
}

export interface Answer {
  /** Output tensors, rows first. */
  readonly outputs: readonly Tensor[];
  /** The score of each row, `width` numbers each, row-major. */
  readonly scores: Float64Array;
  readonly width: number;
  /** Where a row's answer is a text (a class, an action), or several: one entry per row. */
  readonly texts?: readonly (string | readonly string[])[];
}

/** Loads one version of a model. */
export interface ServingRuntime {
  load(source: ServingSource): Promise<ServingModel>;
}

/** Where a version comes from. */
export type ServingSource = OnnxServingSource | UrlServingSource | RuleServingSource | ConstantServingSource;

export interface OnnxServingSource {
  readonly kind: "onnx";
  readonly path: string;
  /** SHA-256 that the file must have; undefined: whatever it holds. */
  readonly digest?: string;
  readonly features?: readonly string[];
  readonly encode?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly missing?: number | string | Readonly<Record<string, number | string>>;
  readonly output?: string;
  readonly class?: string | number;
  readonly task?: "binary" | "multiclass" | "regression" | "ranking";
  /** Overrides the measurement. */
  readonly thread?: "main" | "worker";
  /** True: requests are answered meanwhile, so that nothing of unknown length runs on the main thread. */
  readonly live?: boolean;
}

export interface UrlServingSource {
  readonly kind: "url";
  readonly url: string;
  /** Undefined: found out by asking the server. */
  readonly protocol?: "open-inference" | "mlflow" | "json";
  /** Open Inference: name and version of the model there; default the first it names. */
  readonly model?: string;
  readonly version?: string;
  readonly features?: readonly string[];
  readonly output?: string;
  readonly class?: string | number;
  /** What its answers are, where the server does not say: two numbers of a regression are no two classes. */
  readonly task?: "binary" | "multiclass" | "regression" | "ranking";
  /** JSON servers: where the records go in the request and where the predictions stand in the answer. */
  readonly request?: string;
  readonly response?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** False refuses private, loopback and link-local addresses: for addresses that came through the API. */
  readonly trusted?: boolean;
  readonly timeoutMilliseconds?: number;
}

export interface RuleServingSource {
  readonly kind: "rule";
  readonly rule: ServingRule;
  readonly columns?: readonly string[];
}

/** The same form as a rule of the policy. */
export type ServingRule =
  | number
  | string
  | { readonly when: Condition; readonly yes: ServingRule; readonly no: ServingRule };

export interface ConstantServingSource {
  readonly kind: "constant";
  readonly value: number | string;
}
