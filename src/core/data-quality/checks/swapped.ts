import type { TableCheck, TableFinding } from "../check.ts";
import { finding } from "../check-finding.ts";
import type { ColumnFacts } from "../column-facts.ts";
import { type ColumnContract, severityFor } from "../contract.ts";
import { resemblance } from "../resemblance.ts";
import { columnNamed } from "../table-facts.ts";
import { figure } from "../words.ts";

/** Two columns that hold each other's content. */
export const swappedCheck: TableCheck = {
  kind: "table",
  name: "swapped",
  group: "reference",
  severity: "error",
  says: "Two columns each look like the other's reference and unlike their own: the header, or the code that writes the file, has them in the wrong order. Needs 30 rows and references that differ; columns of numbers that overlap need 300 rows.",
  run({ facts, contract }) {
    if (contract === null || facts.rows < 30) return [];
    const known = contract.columns.flatMap((column) => {
      const seen = columnNamed(facts, column.name);
      return seen === null ||
        column.reference === null ||
        column.reference.distinct < 2 ||
        contract.key.includes(column.name)
        ? []
        : [{ column, seen, own: resemblance(seen, facts, column.reference) }];
    });
    const strange = known.filter((entry) => entry.own < 0.95);
    const findings: TableFinding[] = [];
    for (let i = 0; i < strange.length; i++) {
      for (let j = i + 1; j < strange.length; j++) {
        const [a, b] = [strange[i]!, strange[j]!];
        const severity = severityFor("swapped", "error", contract, a.column);
        const crossed = Math.min(
          resemblance(a.seen, facts, b.column.reference!),
          resemblance(b.seen, facts, a.column.reference!),
        );
        if (severity === "off") continue;
        if (!farApart(a.own, b.own, crossed) && !alikeButExact(a.column, b.column, facts.rows, a.own, b.own, crossed))
          continue;
        findings.push({
          ...finding({
            check: "swapped",
            severity,
            column: a.column.name,
            count: facts.rows,
            examples: [a.column.name, b.column.name],
            message: `${now(a.column, a.seen)}, ${now(b.column, b.seen)}: likely swapped`,
          }),
          explains: {
            columns: [a.column.name, b.column.name],
            checks: ["range", "type", "values", "unit", "stuck", "length", "pattern", "proportions"],
          },
        });
      }
    }
    return findings;
  },
};

function farApart(a: number, b: number, crossed: number): boolean {
  const own = Math.max(a, b);
  return own < 0.75 && crossed >= 0.85 && crossed >= own + 0.2;
}

/** Columns that overlap: with enough rows, each is nearly the other's reference and four times farther from its own. */
function alikeButExact(
  a: ColumnContract,
  b: ColumnContract,
  rows: number,
  ownOfA: number,
  ownOfB: number,
  crossed: number,
): boolean {
  const fewest = Math.min(rows, a.reference!.rows, b.reference!.rows);
  const values = Math.min(a.reference!.distinct, b.reference!.distinct);
  if (fewest < 300 || values < 20 || a.reference!.quantiles === null || b.reference!.quantiles === null) return false;
  return crossed >= 0.97 && 4 * (1 - crossed) <= 1 - Math.max(ownOfA, ownOfB);
}

function now(column: ColumnContract, seen: ColumnFacts): string {
  const quantiles = column.reference?.quantiles;
  if (seen.numbers === null || quantiles === null || quantiles === undefined) {
    return `${column.name} now holds '${seen.texts.counts[0]?.[0] ?? ""}' and the like`;
  }
  const range = (from: number, to: number): string => `${figure(from)}–${figure(to)}`;
  return `${column.name} now ${range(seen.numbers.min, seen.numbers.max)} (was ${range(quantiles[0]!, quantiles[20]!)})`;
}
