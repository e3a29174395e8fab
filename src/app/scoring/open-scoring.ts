import { createHash } from "node:crypto";
import { Failure } from "../../core/failures.ts";
import type { BooleanColumn, NumberColumn } from "../../core/tables/table.ts";
import type { ModelSource, Policy } from "../../schemas/policy/policy.ts";
import type { LoadedModel, ModelRuntime } from "../ports/model-runtime.ts";
import type { ColumnRequest, TableBlock, TableSource } from "../ports/table-reader.ts";
import type { Scored, ScoredModel } from "./scored.ts";
import type { Scoring } from "./scoring.ts";

export interface ScoringTools {
  readonly runtime: ModelRuntime;
  readonly resolvePath: (path: string) => string;
}

/** Interim: columns and ONNX only, labels of 0 and 1. */
export async function openScoring(policy: Policy, _source: TableSource, tools: ScoringTools): Promise<Scoring> {
  const entries: { name: string; source: ModelSource }[] = [];
  if (policy.models.champion !== null) entries.push({ name: "champion", source: policy.models.champion });
  entries.push({ name: "challenger", source: policy.models.challenger });
  for (const { name, baseline } of policy.baselines) {
    if (baseline.kind === "column") entries.push({ name, source: baseline });
  }
  const loaded = new Map<string, LoadedModel>();
  const columns: ColumnRequest[] = [{ name: policy.columns.label, as: "number" }];
  for (const { name, source } of entries) {
    if (source.kind === "column") columns.push({ name: source.column, as: "number" });
    else if (source.kind === "onnx") {
      const { kind: _kind, onnx, ...description } = source;
      const model = await tools.runtime.load({ path: tools.resolvePath(onnx), ...description });
      loaded.set(name, model);
      columns.push(...model.needs);
    } else throw new Failure("NOT_SUPPORTED", { message: `models by ${source.kind} come next` });
  }
  const scoreOne = async (name: string, source: ModelSource, table: TableBlock): Promise<ScoredModel> => {
    const model = loaded.get(name);
    if (model !== undefined) {
      const { width, values } = await model.score(table);
      return { name, width, scores: values, fingerprint: model.digest };
    }
    const { column } = source as Extract<ModelSource, { kind: "column" }>;
    const { values } = table.columns.get(column) as NumberColumn;
    const fingerprint = createHash("sha256").update(JSON.stringify(source)).digest("hex");
    return { name, width: 1, scores: Float64Array.from(values), fingerprint };
  };
  return {
    columns,
    async score(table): Promise<Scored> {
      const label = table.columns.get(policy.columns.label) as NumberColumn | BooleanColumn;
      const models: ScoredModel[] = [];
      for (const { name, source } of entries) models.push(await scoreOne(name, source, table));
      const labels = policy.task === "binary" ? Uint8Array.from(label.values) : Float64Array.from(label.values);
      return { task: policy.task, table, label: labels, classes: [], models, rowsWithoutLabel: 0 };
    },
    close: async () => {
      for (const model of loaded.values()) await model.close();
    },
  };
}
