import type { Task } from "../metrics/metric.ts";
import type { ModelRouting } from "../serving/routing-state.ts";

/** A prediction problem with a name. What changes often (aliases, routing) is kept beside it. */
export interface ModelEntry {
  readonly name: string;
  readonly description: string | null;
  readonly owner: string | null;
  readonly task: Task | null;
  /** Columns of a record with a meaning of their own. */
  readonly columns: MeaningfulColumns;
  readonly tags: Readonly<Record<string, string>>;
  readonly retention: Retention;
  /** Milliseconds since 1970. */
  readonly created: number;
  readonly by: string;
}

export interface MeaningfulColumns {
  readonly unit: string | null;
  readonly time: string | null;
  readonly id: string | null;
  readonly group: string | null;
  readonly item: string | null;
}

/** What is never deleted: the newest versions, and what is younger than so many days. */
export interface Retention {
  readonly versions: number;
  readonly days: number;
}

/** Fewer than this many versions are never kept, so that there is always something to go back to. */
export const LEAST_VERSIONS = 7;

/** Names that point at a version of a model: `champion`, `challenger`, or a team's own. */
export type Aliases = Readonly<Record<string, string>>;

/** A version: written once. Verdicts, card and checklist are attached beside it. */
export interface VersionEntry {
  readonly model: string;
  readonly version: string;
  readonly artifact: Artifact;
  readonly configuration: Configuration;
  readonly created: number;
  readonly by: string;
}

/** What answers. A file is in the artifact folder under its digest. */
export type Artifact = OnnxArtifact | FileArtifact | RemoteArtifact | RuleArtifact | ConstantArtifact;

export interface OnnxArtifact extends ModelFile {
  readonly kind: "onnx";
  readonly features: readonly string[] | null;
  readonly encode: Readonly<Record<string, Readonly<Record<string, number>>>> | null;
  readonly missing: number | string | Readonly<Record<string, number | string>> | null;
  readonly output: string | null;
  readonly class: string | number | null;
  readonly task: Task | null;
}

/** Kept and traced, but nothing that the gateway can serve. */
export interface FileArtifact extends ModelFile {
  readonly kind: "file";
  readonly format: string;
}

interface ModelFile {
  /** SHA-256 of the file. */
  readonly digest: string;
  readonly bytes: number;
}

export interface RemoteArtifact {
  readonly kind: "url";
  readonly url: string;
  readonly protocol: "open-inference" | "mlflow" | "json" | null;
  readonly model: string | null;
  readonly version: string | null;
  readonly features: readonly string[] | null;
  readonly output: string | null;
  readonly class: string | number | null;
  readonly request: string | null;
  readonly response: string | null;
}

export interface RuleArtifact {
  readonly kind: "rule";
  /** As the policy writes it: `{ when, then, else }`. */
  readonly rule: unknown;
}

export interface ConstantArtifact {
  readonly kind: "constant";
  readonly value: number | string;
}

/** How a version came to be: enough to make it again. */
export interface Configuration {
  readonly hyperparameters: Readonly<Record<string, unknown>>;
  readonly threshold: { readonly value: number; readonly learnt: string | null } | null;
  readonly features: readonly string[];
  readonly trainingPeriod: { readonly from: string; readonly to: string } | null;
  readonly data: readonly DataUse[];
  readonly commit: string | null;
  readonly environment: Readonly<Record<string, string>>;
  /** The run that made it (a retraining). */
  readonly run: string | null;
  /** The version that it was retrained from. */
  readonly parent: string | null;
  readonly note: string | null;
}

/** Data that a version was made from, by the fingerprint of its contents. */
export interface DataUse {
  readonly name: string;
  readonly fingerprint: string;
  /** `training`, `validation`, `features`, … */
  readonly role: string;
}

/** A data set as it was at one time. */
export interface DatasetEntry {
  readonly name: string;
  readonly fingerprint: string;
  readonly rows: number | null;
  readonly period: { readonly from: string; readonly to: string } | null;
  /** Where it is, for people; Umpire does not read it from there. */
  readonly location: string | null;
  /** What it was made from. */
  readonly sources: readonly DataUse[];
  /** The transformation that made it. */
  readonly transformation: string | null;
  readonly created: number;
  readonly by: string;
}

/** A verdict that was recomputed from its evidence when it came in. */
export interface VerdictEntry {
  readonly model: string;
  /** The version that was judged. */
  readonly version: string;
  readonly against: string | null;
  /** SHA-256 of the evidence file: what a sign-off is bound to. */
  readonly evidence: string;
  /** Digest of the verdict's own file in the artifact folder. */
  readonly document: string;
  readonly decision: string;
  readonly reason: string;
  readonly data: string;
  /** True: it judged this version's own file. False: answers that came in a column, so whose they are is a matter of trust. */
  readonly sameFile: boolean;
  readonly created: number;
  readonly by: string;
}

/** One change of who answers whom; kept for ever: the newest not after a time says what was live then, and why. */
export interface RoutingEntry {
  readonly model: string;
  /** Revision of the whole routing state that this change made. */
  readonly revision: number;
  readonly routing: ModelRouting;
  readonly reason: string;
  readonly by: string;
  /** The rollout that decided it; null where a person did. */
  readonly rollout: string | null;
  /** True: a person's rollback. The same again is no way forward to what was left. */
  readonly back?: true;
}
