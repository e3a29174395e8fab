import type { ColumnPair } from "./column-pair.ts";
import type { DriftTest, DriftTestResult } from "./drift-test.ts";
import { noResult } from "./drift-test.ts";
import { chiSquaredTest, cramersVTest } from "./tests/chi-squared.ts";
import { hellingerTest } from "./tests/hellinger.ts";
import { jensenShannonTest } from "./tests/jensen-shannon.ts";
import { kolmogorovSmirnovTest } from "./tests/kolmogorov-smirnov.ts";
import { largestDifferenceTest, totalVariationTest } from "./tests/largest-difference.ts";
import { populationStabilityTest } from "./tests/population-stability.ts";
import { wassersteinTest } from "./tests/wasserstein.ts";

/** All drift tests of one column, in the order of the document. A new test is one file in `tests/` and one line here. */
export const driftTests: readonly DriftTest[] = [
  kolmogorovSmirnovTest,
  wassersteinTest,
  jensenShannonTest,
  hellingerTest,
  populationStabilityTest,
  chiSquaredTest,
  cramersVTest,
  largestDifferenceTest,
  totalVariationTest,
];

/** Every test of the catalogue on one pair, by name. */
export function runDriftTests(pair: ColumnPair): Record<string, DriftTestResult> {
  const ordered = pair.reference.edges !== null;
  const results: Record<string, DriftTestResult> = {};
  for (const test of driftTests) {
    results[test.name] =
      test.needs === "ordered" && !ordered ? noResult(test.title, "categories have no order") : test.compute(pair);
  }
  return results;
}
