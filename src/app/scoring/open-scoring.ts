import { Failure } from "../../core/failures.ts";
import type { ModelSource, Policy } from "../../schemas/policy/policy.ts";
import type { ModelRuntime } from "../ports/model-runtime.ts";
import type { TableReader, TableSource } from "../ports/table-reader.ts";
import { prepareScoring } from "./prepare-scoring.ts";
import type { Scoring } from "./scoring.ts";

/** What scoring works with. */
export interface ScoringTools {
  readonly reader: TableReader;
  readonly runtime: ModelRuntime;
  /** Makes a path of the policy absolute. */
  readonly resolvePath: (path: string) => string;
}

/**
 * Loads the models of a policy, fits its baselines on `data.train`, and checks that ids are distinct.
 *
 * @param policy bound to the columns of the test data
 * @throws Failure MODEL, POLICY, COLUMN_MISSING, DATA
 */
export async function openScoring(policy: Policy, test: TableSource, tools: ScoringTools): Promise<Scoring> {
  const { columns, models, baselines } = policy;
  await refuseDuplicates(test, columns.id);
  const entries: { name: string; source: ModelSource }[] = [];
  if (models.champion !== null) entries.push({ name: "champion", source: models.champion });
  entries.push({ name: "challenger", source: models.challenger });
  const known = policy.data.train;
  const train = known === null ? null : await tools.reader.open(known.map(tools.resolvePath));
  const afterwards = Object.entries(columns.available).flatMap(([name, when]) => (when === "after" ? [name] : []));
  const scoring = await prepareScoring({
    task: policy.task,
    label: columns.label,
    positive: policy.positive,
    id: columns.id,
    time: columns.time,
    models: entries,
    baselines,
    aggregate: policy.aggregate,
    notFeatures: [
      ...columns.group,
      ...columns.unit.columns,
      ...(columns.item === null ? [] : [columns.item]),
      ...afterwards,
    ],
    test,
    train,
    runtime: tools.runtime,
    resolvePath: tools.resolvePath,
  });
  return { columns: scoring.needs, score: (table) => scoring.score(table), close: () => scoring.close() };
}

async function refuseDuplicates(test: TableSource, id: readonly string[]): Promise<void> {
  if (id.length === 0) return;
  const found = await test.duplicates(id);
  if (found === null) return;
  const examples = found.examples
    .map(({ values, count }) => `${id.map((name, i) => `${name} ${values[i]}`).join(", ")} (${count} rows)`)
    .join("; ");
  throw new Failure("DATA", {
    where: test.files[0] ?? "",
    message: `${id.join(" and ")} should name one row, and ${found.rows.toLocaleString("en-US")} rows repeat another: ${examples}`,
    mend: ["remove the repeated rows, or name under columns.id what tells rows apart"],
  });
}
