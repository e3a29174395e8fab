import type { ColumnRule } from "../../core/serving/record-rules.ts";
import type { PreparedFeature } from "../../core/serving/prepare-record.ts";
import type { ModelRouting } from "../../core/serving/routing-state.ts";
import type { Scalar } from "../../core/slices/condition.ts";
import type { LogMode } from "../ports/prediction-log.ts";
import type { ServingSource } from "../ports/serving-runtime.ts";
import type { GuardOptions } from "./guard.ts";
import type { ServedModelOptions } from "./served-model.ts";

/** What a gateway serves and how, after its file and its flags were read. Paths are absolute. */
export interface GatewayConfig {
  readonly models: readonly ModelConfig[];
  readonly log: LogConfig;
  /** Folder of what must survive a restart: routing, overrides. */
  readonly stateFolder: string;
  readonly concurrency: number;
}

export interface ModelConfig {
  readonly name: string;
  readonly task: ServedModelOptions["task"];
  readonly columns: ServedModelOptions["columns"];
  readonly versions: readonly VersionConfig[];
  /** As the file says; a routing that was changed since is in the state folder and stands. */
  readonly routing: ModelRouting;
  readonly rules: readonly ColumnRule[];
  readonly prepare: readonly PreparedFeature[];
  /** Features of the position in a list, and the constant that they have in serving. */
  readonly positions: Readonly<Record<string, Scalar>>;
  readonly guard: GuardOptions;
}

export interface VersionConfig {
  readonly version: string;
  readonly source: ServingSource;
}

export interface LogConfig {
  readonly folder: string;
  readonly mode: LogMode;
  readonly segmentBytes: number;
  readonly segmentMilliseconds: number;
  /** Columns that are left out of the log, and columns that are kept as a keyed hash. */
  readonly redact: readonly string[];
  readonly hash: readonly string[];
  /** Days that Parquet files are kept; null: for ever. */
  readonly retentionDays: number | null;
  /** False: segments are left as they are. */
  readonly rotate: boolean;
}
