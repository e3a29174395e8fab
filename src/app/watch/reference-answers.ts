import type { AnswerRows } from "../../core/monitors/answer-rows.ts";
import type { LabelProcess } from "../../core/monitors/measured-quality.ts";
import type { TaskFacts } from "../../core/metrics/metric.ts";
import type { VersionEntry } from "../../core/registry/registry-entries.ts";
import { conditionMask } from "../../core/slices/condition-mask.ts";
import { conditionColumns } from "../../core/slices/condition.ts";
import type { Slice } from "../../core/slices/slice.ts";
import type { Column } from "../../core/tables/table.ts";
import type { Policy } from "../../schemas/policy/policy.ts";
import { bindToSource } from "../judge/bind-to-source.ts";
import { evaluationBlock } from "../judge/evaluation-block.ts";
import { evaluationFacts } from "../judge/evaluation-facts.ts";
import type { JudgeTools } from "../judge/judge.ts";
import { readRequest } from "../judge/needed-columns.ts";
import { scoringRequest } from "../judge/scoring-request.ts";
import { decideRows } from "../judge/thresholds.ts";
import type { ArtifactStore } from "../ports/artifact-store.ts";
import { prepareScoring } from "../scoring/prepare-scoring.ts";
import { wholeTable } from "../scoring/whole-table.ts";
import type { WatchedModel } from "./watched-model.ts";

export type WatchedSlice = Pick<Slice, "name" | "where" | "blocking">;

/** How a version did on the test data that it was judged on: what its live quality is held against. */
export interface ReferenceAnswers {
  readonly rows: AnswerRows;
  readonly facts: TaskFacts;
  /** Milliseconds since 1970, per row; null where the policy names no time. */
  readonly times: Float64Array | null;
  /** Per watched slice: 1 where the row is in it. */
  readonly slices: readonly Uint8Array[];
  /** Columns of the rows that its features are compared by. */
  readonly features: ReadonlyMap<string, Column>;
  /** Binary: where a score counts as a hit. */
  readonly threshold: number | null;
}

/** Every label is there. */
export const completeLabels: LabelProcess = (() => {
  const delays = Float64Array.of(0);
  const arrival = { delays, shares: Float64Array.of(1), horizon: 0, n: 0, method: "all labels are there" };
  return { comes: "both", arrival: [arrival, arrival] } as const;
})();

/**
 * Scores a version on the policy's test data, as judging does. A version that is no file that can be scored here stands for
 * what the policy calls its champion.
 * @returns why there is no reference, where there is none
 * @throws Failure as judging does
 */
export async function referenceAnswers(
  { onDisk }: Pick<WatchedModel, "onDisk">,
  version: Pick<VersionEntry, "version" | "artifact">,
  watched: readonly WatchedSlice[],
  features: readonly string[],
  tools: Pick<JudgeTools, "reader" | "runtime" | "signal"> & { readonly artifacts: Pick<ArtifactStore, "path"> },
): Promise<ReferenceAnswers | string> {
  const { parsed, resolvePath } = onDisk;
  const source = await tools.reader.open(parsed.policy.data.test.map(resolvePath));
  const { policy, columns } = await bindToSource(parsed, source, parsed.policy.data.test.join(", "));
  if (policy.aggregate !== null) return "the policy joins rows before it judges, and the log holds single answers";
  const model = liveModel(policy, version, tools.artifacts);
  if (model === null) return `version ${version.version} cannot be scored here, and the policy names no champion`;
  const request = scoringRequest(policy, source, null, resolvePath, tools.runtime);
  const scoring = await prepareScoring({ ...request, models: [{ name: "live", source: model }], baselines: [] });
  try {
    const read = readRequest(policy, { entries: policy.slices, columns }, scoring.needs);
    const time = policy.columns.time;
    const known = new Set(read.columns.map(({ name }) => name));
    const usable = features.filter((name) => columns.has(name));
    const more = [...usable, ...watched.flatMap(({ where }) => (where === null ? [] : conditionColumns(where)))];
    const wanted = [...new Set(more)].filter((name) => !known.has(name)).map((name) => ({ name, as: "auto" as const }));
    const table = await wholeTable(
      source.read({ ...read, columns: [...read.columns, ...wanted], signal: tools.signal }),
    );
    const scored = await scoring.score(table);
    const block = evaluationBlock(scored, { groupings: [], predicted: [], item: policy.columns.item });
    const { predicted, thresholds } = decideRows(scored, block.folds, policy);
    const n = scored.table.rows;
    return {
      rows: {
        task: policy.task,
        n,
        ...scoresOf(policy.task, scored.models[0]!.scores, n),
        predicted: predicted[0] ?? null,
        label: Float64Array.from(scored.label),
        known: new Uint8Array(n).fill(1),
        age: new Float64Array(n),
        units: block.units ?? Uint32Array.from({ length: n }, (_, i) => i),
        lists: block.lists?.groups ?? null,
        items: block.lists?.items ?? null,
      },
      facts: evaluationFacts(policy, scored),
      times: timesOf(scored.table.columns.get(time ?? "")),
      slices: watched.map(({ where }) =>
        where === null ? new Uint8Array(n).fill(1) : conditionMask(where, scored.table),
      ),
      features: new Map(usable.map((name) => [name, scored.table.columns.get(name)!])),
      threshold: thresholds[0]?.value ?? null,
    };
  } finally {
    await scoring.close();
  }
}

function scoresOf(
  task: AnswerRows["task"],
  scores: Float64Array,
  n: number,
): Pick<AnswerRows, "score" | "probabilities"> {
  if (task !== "multiclass") return { score: scores, probabilities: null };
  return { score: new Float64Array(n), probabilities: scores.length > 0 ? scores : null };
}

function timesOf(column: Column | undefined): Float64Array | null {
  return column?.kind === "time" ? Float64Array.from(column.values) : null;
}

function liveModel(
  policy: Policy,
  { artifact }: Pick<VersionEntry, "artifact">,
  artifacts: Pick<ArtifactStore, "path">,
): Policy["models"]["champion"] {
  if (artifact.kind !== "onnx") return policy.models.champion;
  const { features, encode, missing, output, class: one } = artifact;
  return {
    kind: "onnx",
    onnx: artifacts.path(artifact.digest),
    ...(features === null ? {} : { features }),
    ...(encode === null ? {} : { encode }),
    ...(missing === null ? {} : { missing }),
    ...(output === null ? {} : { output }),
    ...(one === null ? {} : { class: one }),
  };
}
