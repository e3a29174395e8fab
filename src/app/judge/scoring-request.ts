import { lateColumns } from "../../schemas/policy/bind-policy.ts";
import type { Policy } from "../../schemas/policy/policy.ts";
import type { ModelRuntime } from "../ports/model-runtime.ts";
import type { TableSource } from "../ports/table-reader.ts";
import type { ScoringRequest } from "../scoring/prepare-scoring.ts";

/** What scoring needs of a policy: champion (where there is one) first, then the challenger. */
export function scoringRequest(
  policy: Policy,
  test: TableSource,
  train: TableSource | null,
  resolvePath: (path: string) => string,
  runtime: ModelRuntime,
): ScoringRequest {
  const { columns, models } = policy;
  const champion = models.champion === null ? [] : [{ name: "champion", source: models.champion }];
  return {
    task: policy.task,
    label: columns.label,
    positive: policy.positive,
    id: columns.id,
    time: columns.time,
    models: [...champion, { name: "challenger", source: models.challenger }],
    baselines: policy.baselines,
    aggregate: policy.aggregate,
    notFeatures: [
      ...columns.group,
      ...(columns.item === null ? [] : [columns.item]),
      ...columns.unit.columns,
      ...lateColumns(policy),
    ],
    test,
    train,
    runtime,
    resolvePath,
  };
}
