import { dateForms } from "./cell-form.ts";
import { countIn } from "./column-facts.ts";
import type { RowCondition } from "./contract.ts";
import type { TableFacts } from "./table-facts.ts";

const mostNumbers = 14;
const leastRows = 200;

/**
 * Rules across columns that every row of the sample keeps and chance does not explain, as warnings: a column that is
 * the sum of two others to the cent, and times in a fixed order.
 */
export function inferRules(facts: TableFacts): RowCondition[] {
  if (facts.sample.rows < leastRows) return [];
  return [...sums(facts), ...orders(facts)];
}

function sums(facts: TableFacts): RowCondition[] {
  const numeric = facts.columns
    .filter(
      (column) =>
        column.numbers !== null &&
        column.times === null &&
        column.distinct >= 20 &&
        column.numbers.count === column.rows,
    )
    .slice(0, mostNumbers);
  const cells = numeric.map((column) => facts.sample.columns[column.position]!.numbers);
  const rules: RowCondition[] = [];
  for (let a = 0; a < numeric.length; a++) {
    for (let b = a + 1; b < numeric.length; b++) {
      for (let c = 0; c < numeric.length; c++) {
        if (c === a || c === b || !adds(cells[a]!, cells[b]!, cells[c]!)) continue;
        const [x, y, z] = [numeric[a]!.name, numeric[b]!.name, numeric[c]!.name];
        rules.push({
          kind: "sum",
          name: `${z} = ${x} + ${y}`,
          severity: "warning",
          meaning: null,
          columns: [x, y],
          equals: z,
          tolerance: 0.011,
        });
      }
    }
  }
  return rules.slice(0, 10);
}

function adds(a: Float64Array, b: Float64Array, c: Float64Array): boolean {
  for (let row = 0; row < a.length; row++) {
    const sum = a[row]! + b[row]!;
    if (!(Math.abs(sum - c[row]!) <= 1e-6 + 1e-9 * Math.abs(sum))) return false;
  }
  return true;
}

function orders(facts: TableFacts): RowCondition[] {
  const times = facts.columns
    .filter((column) => column.times !== null && countIn(column, dateForms) > column.rows * 0.9)
    .slice(0, 8);
  const rules: RowCondition[] = [];
  for (const first of times) {
    for (const second of times) {
      if (first === second) continue;
      const [a, b] = [facts.sample.columns[first.position]!.numbers, facts.sample.columns[second.position]!.numbers];
      let strictly = 0;
      let broken = false;
      for (let row = 0; row < a.length && !broken; row++) {
        if (a[row]! > b[row]!) broken = true;
        else if (a[row]! < b[row]!) strictly++;
      }
      if (broken || strictly < leastRows / 2) continue;
      rules.push({
        kind: "ordered",
        name: `${first.name} not after ${second.name}`,
        severity: "warning",
        meaning: null,
        columns: [first.name, second.name],
        strict: false,
      });
    }
  }
  return rules.slice(0, 10);
}
