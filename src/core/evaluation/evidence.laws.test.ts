import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../statistics/random.ts";
import { accumulate } from "./accumulate.ts";
import type { EvaluationBlock } from "./block.ts";
import { foldValuesOf } from "./evidence-fold-values.ts";
import { planEvaluation, type EvaluationPlan } from "./plan.ts";

interface MadeRow {
  readonly unit: number;
  readonly list: number;
  readonly member: number;
  readonly label: number;
  readonly scores: readonly [number, number];
}

const tasks = {
  binary: ["roc_auc", "average_precision", "ks", "log_loss", "brier", "ece", "accuracy", "f1", "mcc", "lift@0.2"],
  regression: ["mae", "rmse", "r2", "bias", "mdae", "quantile_loss@0.9"],
  ranking: ["map", "ndcg@5", "recall@3", "mrr", "list_auc", "coverage@3"],
} as const;
type TestedTask = keyof typeof tasks;

function planOf(task: TestedTask): EvaluationPlan {
  return planEvaluation({ task, classes: [], costs: null }, ["champion", "challenger"], ["a", "b"], [...tasks[task]]);
}

function blockOf(task: TestedTask, rows: readonly MadeRow[]): EvaluationBlock {
  const numbers = (of: (row: MadeRow) => number): Float64Array => Float64Array.from(rows, of);
  const codes = (of: (row: MadeRow) => number): Uint32Array => Uint32Array.from(rows, of);
  const label = numbers((row) => row.label);
  const items = codes((row) => row.member + 3 * row.list);
  const itemCount = Math.max(...items) + 1;
  return {
    rows: rows.length,
    folds: Uint8Array.from(rows, (row) => (row.unit * 37) % 256),
    units: codes((row) => row.unit),
    unitCount: 1 + Math.max(...rows.map((row) => row.unit)),
    groupings: [{ codes: Uint8Array.from(rows, (row) => row.member % 3), none: 2, slices: [0, 1] }],
    label: task === "binary" ? Uint8Array.from(label) : label,
    models: [0, 1].map((m) => ({
      name: m === 0 ? "champion" : "challenger",
      scores: numbers((row) => row.scores[m]!),
      width: 1,
      predicted: Uint8Array.from(rows, (row) => (row.scores[m]! >= 0.5 ? 1 : 0)),
    })),
    lists:
      task === "ranking"
        ? {
            groups: codes((row) => row.list),
            count: 1 + Math.max(...rows.map((row) => row.list)),
            items,
            itemCount,
            itemOrder: Uint32Array.from({ length: itemCount }, (_, item) => item),
          }
        : null,
  };
}

/** Rows of some lists; a list belongs to one unit, an item comes once in a list, scores often tie. */
const madeRows = fc.integer({ min: 1, max: 2 ** 31 }).map((seed): MadeRow[] => {
  const random = createRandom(seed);
  const rows: MadeRow[] = [];
  for (let list = 0; list < 12; list++) {
    for (let member = 0; member < 8; member++) {
      const score = (): number => random.nextBelow(12) / 12 + 0.01;
      rows.push({
        unit: list >> 1,
        list,
        member,
        label: random.nextBelow(3) === 0 ? 1 : 0,
        scores: [score(), score()],
      });
    }
  }
  return rows;
});

function valuesOf(task: TestedTask, rows: readonly MadeRow[]): (number | null)[] {
  const plan = planOf(task);
  const evidence = accumulate(plan, blockOf(task, rows));
  return tasks[task].flatMap((metric) => {
    const table = foldValuesOf(evidence, plan, metric);
    return [...table.slices, table.overall].flatMap((slice) => slice.values);
  });
}

function expectSame(a: readonly (number | null)[], b: readonly (number | null)[]): void {
  expect(a.length).toBe(b.length);
  a.forEach((value, i) => {
    if (value === null || b[i] === null) expect(b[i]).toBe(value);
    else expect(Math.abs(value - b[i]!)).toBeLessThan(1e-9 * Math.max(1, Math.abs(value)));
  });
}

describe.each(["binary", "regression", "ranking"] as const)("point values of a %s task", (task) => {
  it("do not change when rows are permuted", () => {
    fc.assert(
      fc.property(madeRows, fc.integer(), (rows, seed) => {
        const random = createRandom(seed);
        const shuffled = [...rows];
        for (let i = shuffled.length - 1; i > 0; i--) {
          const j = random.nextBelow(i + 1);
          [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
        }
        expectSame(valuesOf(task, rows), valuesOf(task, shuffled));
      }),
      { numRuns: 30 },
    );
  });

  it("do not change when every row comes twice (every list, in a ranking)", () => {
    fc.assert(
      fc.property(madeRows, (rows) => {
        const again = rows.map((row) => ({ ...row, list: row.list + 12, unit: row.unit + 6 }));
        const second = task === "ranking" ? again : rows;
        const doubled = valuesOf(task, [...rows, ...second]);
        const once = valuesOf(task, rows);
        // The catalogue is counted in items, which come anew with every list here.
        const same = (values: (number | null)[]) => (task === "ranking" ? values.slice(0, -6) : values);
        expectSame(same(once), same(doubled));
      }),
      { numRuns: 30 },
    );
  });
});
