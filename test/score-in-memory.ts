import type { Column } from "../src/core/tables/table.ts";
import type { Baseline, ModelSource } from "../src/schemas/policy/policy.ts";
import { memoryTableSource } from "../src/app/ports/memory-table-source.ts";
import type { ModelRuntime } from "../src/app/ports/model-runtime.ts";
import type { ScoringRequest } from "../src/app/scoring/prepare-scoring.ts";
import { prepareScoring } from "../src/app/scoring/prepare-scoring.ts";
import type { Scored } from "../src/app/scoring/scored.ts";
import { wholeTable } from "../src/app/scoring/whole-table.ts";

export const number = (name: string, values: readonly (number | null)[]): Column => {
  const nulls = Uint8Array.from(values, (value) => (value === null ? 1 : 0));
  const base = nulls.includes(1) ? { name, nulls } : { name };
  return { ...base, kind: "number", values: Float64Array.from(values, (value) => value ?? Number.NaN) };
};
export const text = (name: string, values: readonly (string | null)[]): Column => {
  const texts = [...new Set(values.filter((value) => value !== null))];
  const nulls = Uint8Array.from(values, (value) => (value === null ? 1 : 0));
  const codes = Uint8Array.from(values, (value) => (value === null ? 255 : texts.indexOf(value)));
  return { name, kind: "category", codes, dictionary: { texts }, ...(nulls.includes(1) ? { nulls } : {}) };
};
export const time = (name: string, values: readonly number[]): Column => ({
  name,
  kind: "time",
  values: Float64Array.from(values),
});

const twice: ModelRuntime = {
  load: async (spec) => ({
    digest: `digest of ${spec.path}`,
    needs: [{ name: "x", as: "float32" }],
    ...(spec.task === "multiclass" ? { classes: ["b", "a"] } : {}),
    score: async (table) => {
      const x = table.columns.get("x");
      const values = x?.kind === "number" ? Float64Array.from(x.values, (value) => value * 2) : new Float64Array(0);
      if (spec.task !== "multiclass") return { width: 1, values };
      return { width: 2, values: Float64Array.from({ length: table.rows * 2 }, (_, at) => (at % 2 === 0 ? 0.9 : 0.1)) };
    },
    close: async () => {},
  }),
};

export interface Setup extends Partial<Omit<ScoringRequest, "models" | "baselines" | "test" | "train">> {
  readonly columns: readonly Column[];
  readonly train?: readonly Column[];
  readonly models?: Readonly<Record<string, ModelSource>>;
  readonly baselines?: Readonly<Record<string, Baseline>>;
}

export async function scored(setup: Setup): Promise<Scored> {
  const rowsOf = (columns: readonly Column[]): number => {
    const [first] = columns;
    return first === undefined ? 0 : first.kind === "category" ? first.codes.length : first.values.length;
  };
  const { columns, train, models, baselines, ...rest } = setup;
  const test = memoryTableSource(columns, rowsOf(columns));
  const scoring = await prepareScoring({
    task: "binary",
    label: "y",
    positive: null,
    id: [],
    time: null,
    aggregate: null,
    notFeatures: [],
    runtime: twice,
    resolvePath: (path) => `/folder/${path}`,
    ...rest,
    models: Object.entries(models ?? {}).map(([name, source]) => ({ name, source })),
    baselines: Object.entries(baselines ?? {}).map(([name, baseline]) => ({ name, baseline })),
    test,
    train: train === undefined ? null : memoryTableSource(train, rowsOf(train)),
  });
  const table = await wholeTable(test.read({ columns: scoring.needs }));
  const result = await scoring.score(table);
  await scoring.close();
  return result;
}

export const scoresOf = (result: Scored, name: string): number[] => [
  ...(result.models.find((model) => model.name === name)?.scores ?? []),
];
