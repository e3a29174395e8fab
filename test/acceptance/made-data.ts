import { createRandom } from "../../src/core/statistics/random.ts";

/** A small scored test set as CSV: users with rows, two cohorts; the challenger gains in one and loses in the other. */
export function scoredCsv(
  options: { users?: number; rows?: number; gainA?: number; gainB?: number; seed?: number } = {},
): string {
  const { users = 300, rows = 3000, gainA = 1.5, gainB = -0.7, seed = 1 } = options;
  const random = createRandom(seed);
  const lines = ["id,user,cohort,age,label,champion,challenger"];
  for (let i = 0; i < rows; i++) {
    const user = random.nextBelow(users);
    const cohort = user % 4 === 0 ? "b" : "a";
    const label = random.next() < 0.3 ? 1 : 0;
    const probability = (signal: number): string =>
      (1 / (1 + Math.exp(-(signal * (label - 0.5) - 0.8 + random.nextNormal())))).toFixed(6);
    const age = 18 + (user % 60);
    const gain = cohort === "a" ? gainA : gainB;
    lines.push([i, `u${user}`, cohort, age, label, probability(2), probability(2 + gain)].join(","));
  }
  return `${lines.join("\n")}\n`;
}

export const scoredPolicy = `model: loan-risk
task: binary
data: { test: test.csv }
columns: { id: id, unit: user, label: label }
models:
  champion: { column: champion }
  challenger: { column: challenger }
metrics: [roc_auc, log_loss]
slices:
  cohort b: { where: { cohort: b }, weight: 0.2, blocking: true }
  cohort: { each: cohort, weight: 1 }
`;
