import { driftTests } from "./catalog.ts";

/** The generated page `docs/reference/drift-tests.md`. */
export function driftTestsReference(): string {
  const range = ([low, high]: readonly [number, number]): string =>
    `${low} to ${Number.isFinite(high) ? high : "no limit"}`;
  const sections = driftTests.map(
    (entry) => `## ${entry.title}

\`${entry.name}\` · for ${entry.needs === "ordered" ? "numbers, times and text lengths" : "every column"} · ${range(entry.range)} · ${entry.hasPValue ? "with a p-value" : "no p-value"}

${entry.convention}
`,
  );
  return `# Drift tests

The tests that \`umpire drift\` runs on every column; their names are the keys of \`tests\` in \`umpire.drift/1\`. What decides
is said in [Find out what moved](../guides/drift.md).

**Groups.** Tests that need few bins read the column's *groups*, the same for both sides. Categories and booleans: one group
per known value (at most 1,000, further known values together), one for values never seen in the reference. Numbers with at
most 20 different values: one group per value and one for all other values. Other numbers: ten groups between the
reference's deciles (the order statistics, numpy's \`inverted_cdf\`), each from its lower edge up to below the next, the first
and the last open; a value that fills several deciles is a group of its own. Rows without a value are a group, and so are
infinite ones, where either side has any.

**Fine histogram.** Larger data are read from bins at the reference's thousandths, with a bin for every value that fills one
and 28 growing bins beyond either end; the error that this can make is printed as \`error_bound\`.

${sections.join("\n")}`;
}
